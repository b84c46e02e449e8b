import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseRules } from '@plaintrail/rules/parse-rules'
import { expect, test } from 'vitest'
import { wholeProgram } from '../whole-program.ts'

const folder = join(import.meta.dirname, '../../../packages/rules/packs')
const commandsOfPack = readdirSync(folder)
  .filter((file) => file.endsWith('.yaml'))
  .flatMap((file) => parseRules(readFileSync(join(folder, file), 'utf8')).rules)
  .flatMap(({ rule }) => rule.commands)
  .filter((command) => command.startsWith('plaintrail '))

test('commands that the shipped rules give are there', async () => {
  const { commands } = await wholeProgram()
  const names = new Set(commands.flatMap((command) => [command.name(), ...command.aliases()]))
  expect(commandsOfPack.length).toBeGreaterThan(50)
  expect(commandsOfPack.filter((command) => !names.has(command.split(' ')[1] ?? ''))).toEqual([])
})

test('what they ask of events goes further back than the last day, for findings are read later', () => {
  const asking = commandsOfPack.filter((command) => /^plaintrail (?:events|activity) /.test(command))
  expect(asking.filter((command) => !/ --since 30d(?: |$)/.test(command))).toEqual([])
})
