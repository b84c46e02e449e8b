// ruleTexts: as many rules as a bench wants, as files have them: shipped ones, and past those the same for teams of their own.

import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseRules, type ParsedRule } from '@plaintrail/rules/parse-rules'

const packFolder = join(import.meta.dirname, '../../../packages/rules/packs')
const teams = 100

/** Of events alone; every nth of the shipped ones where they are more. */
export function ruleTexts(count: number): readonly ParsedRule[] {
  const shipped = shippedRules()
  const step = Math.max(1, shipped.length / Math.max(1, count))
  return Array.from({ length: count }, (_, at) => {
    const rule = shipped[Math.floor(at * step) % shipped.length]
    if (rule === undefined) throw new Error('could not find shipped rules: there are none')
    return at < shipped.length ? rule : ofTeam(rule, at)
  })
}

function shippedRules(): readonly ParsedRule[] {
  return readdirSync(packFolder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.ya?ml$/.test(file))
    .toSorted()
    .flatMap((file) => parseRules(readFileSync(join(packFolder, file), 'utf8')).rules)
    .filter(({ rule: { on, state } }) => on === 'event' && state === 'active')
}

function ofTeam({ rule: { step, groupBy, params } }: ParsedRule, at: number): ParsedRule {
  const { rules, errors } = parseRules(
    JSON.stringify({
      apiVersion: 'plaintrail.dev/v1',
      kind: 'Rule',
      metadata: { name: `team-${at}` },
      spec: {
        title: 'Of a team',
        severity: 'low',
        match: `ns:team-${at % teams} (${step.matchText || '-stage:Unknown'})`,
        ...(step.where !== null && { where: step.where.text }),
        groupBy,
        params,
      },
    }),
  )
  const [own] = rules
  if (own === undefined) throw new Error(`could not make a rule of a team: ${JSON.stringify(errors)}`)
  return own
}
