import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { parse } from 'yaml'
import { plaintrail, type Captured } from '../testing/captured-io.ts'

let folder = ''
let docs = ''

beforeAll(async () => {
  docs = await readFile(join(import.meta.dirname, '../../../docs/rules.md'), 'utf8')
  folder = await mkdtemp(join(tmpdir(), 'plaintrail-docs-'))
  await mkdir(join(folder, 'rules'))
  await mkdir(join(folder, 'deploy'))
  await writeFile(join(folder, 'rules/exec.yaml'), blocks('yaml')[0] ?? '')
  await writeFile(join(folder, 'deploy/web.yaml'), 'apiVersion: v1\nkind: Service\nmetadata: {name: web}\n')
  await writeFile(join(folder, 'audit.log.gz'), '')
})

afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

const blocks = (language: string): readonly string[] =>
  [...docs.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gm'))].map(([, text = '']) => text)

/** A line as a shell reads it: words, of which some are in single quotes. */
const run = (line: string): Promise<Captured> => {
  const words = [...line.replace(/ +#.*$/, '').matchAll(/'([^']*)'|(\S+)/g)].map(
    ([, quoted, word]) => quoted ?? word ?? '',
  )
  expect(words[0]).toBe('plaintrail')
  return plaintrail(words.slice(1), { folder })
}

test('the rule of docs/rules.md is right, and its tests pass', async () => {
  expect(await run('plaintrail rules lint rules')).toMatchObject({ code: 0, out: '' })
  const { code, out } = await run('plaintrail rules test rules')
  expect(out).toContain('3 passed, 0 failed, 0 not evaluable')
  expect(code).toBe(0)
})

test('every command on files that docs/rules.md names works as it is written', async () => {
  const lines = blocks('sh')[0]?.trim().split('\n') ?? []
  expect(lines).toHaveLength(5)
  for (const line of lines.slice(0, 4)) expect(await run(line), line).toMatchObject({ code: 0 })
})

test('the hook for pre-commit and the workflow for GitHub work as they are written', async () => {
  const [hooks, workflow] = blocks('yaml')
    .slice(1)
    .map((text): unknown => parse(text))
  const entry = (hooks as { repos: { hooks: { entry: string }[] }[] }).repos[0]?.hooks[0]?.entry ?? ''
  expect(await run(entry)).toMatchObject({ code: 0 })
  const { steps } = (workflow as { jobs: { rules: { steps: { run?: string }[] } } }).jobs.rules
  const lines = steps.flatMap(({ run: line }) => (line?.startsWith('plaintrail') === true ? [line] : []))
  expect(lines).toHaveLength(2)
  for (const line of lines) expect(await run(line), line).toMatchObject({ code: 0 })
  expect(await readFile(join(folder, 'rules.xml'), 'utf8')).toContain('<testsuites')
  expect(await readFile(join(folder, 'rules.sarif'), 'utf8')).toContain('"version": "2.1.0"')
})

test('docs/rules.md names every field of a rule, every field of findings and every variable', async () => {
  const names = async (spec: string, kind: 'error' | 'where' = 'error'): Promise<readonly string[]> => {
    const path = join(folder, 'wrong.yaml')
    await writeFile(path, `apiVersion: plaintrail.dev/v1\nkind: Rule\nmetadata: {name: a}\nspec: ${spec}\n`)
    const { out } = await run('plaintrail rules lint wrong.yaml')
    await rm(path)
    const [, list = ''] =
      (kind === 'where' ? /there are ([^)]*)\)/ : /(?:Its fields are|It is one of) ([^)]*)\.\)/).exec(out) ?? []
    return list.split(', ')
  }
  const rule = 'title: a, severity: low, match: is:write'
  const all = [
    ...(await names(`{${rule}, zzzzzzzzzzzz: 1}`)),
    ...(await names(`{${rule}, groupBy: [zzzzzzzzzzzz]}`)),
    ...(await names(`{${rule}, where: zzzzzzzzzzzz}`, 'where')),
  ]
  expect(all.length).toBeGreaterThan(50)
  for (const name of all) expect(docs, name).toMatch(new RegExp(`[\`\\[ ]${name.replaceAll('.', '\\.')}[\`\\], ]`))
})
