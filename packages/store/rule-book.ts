// createRuleBook: rules in memory: those in force, made ready to judge, and older versions for what they have found.

import { parseRules } from '@plaintrail/rules/parse-rules'
import type { Rule } from '@plaintrail/rules/rule'
import type { PoolClient } from 'pg'
import { keptRules, keptVersion, ruleChanges, rulesMax, type KeptRule } from './rules.ts'

export interface BookRule {
  readonly ruleId: number
  readonly version: number
  readonly rule: Rule
}

/** Rules as of one change of them; `Ready` is what is made of those in force. */
export interface OpenBook<Ready> {
  /** As of ruleChanges. */
  readonly changes: number
  readonly ready: Ready
  /** Of those in force, one whose text could not be read, and why: a version of this program wrote it that could. */
  readonly unread: readonly { readonly ruleId: number; readonly version: number; readonly says: string }[]
}

export interface RuleBook<Ready> {
  /** In the transaction of the client: one statement where nothing changed. */
  open(client: PoolClient): Promise<OpenBook<Ready>>
  /** What a version said; null where its text cannot be read any more. */
  version(client: PoolClient, of: { readonly ruleId: number; readonly version: number }): Promise<Rule | null>
}

/** Versions that stay in memory: all in force, and as many older ones. */
const versionsMax = 2 * rulesMax

export function createRuleBook<Ready>(make: (rules: readonly BookRule[]) => Ready): RuleBook<Ready> {
  let open: OpenBook<Ready> | null = null
  const versions = new Map<string, Rule | null>()
  const keep = (ruleId: number, version: number, rule: Rule | null): void => {
    if (versions.size >= versionsMax) versions.clear()
    versions.set(`${ruleId}/${version}`, rule)
  }
  /** Reading one takes a millisecond and more: what was in force before is not read again. */
  const said = (kept: KeptRule): ReturnType<typeof readRule> => {
    const known = versions.get(`${kept.ruleId}/${kept.version}`) ?? null
    return known === null ? readRule(kept) : { rule: known, says: '' }
  }
  return {
    async open(client) {
      const changes = await ruleChanges(client)
      if (open !== null && open.changes === changes) return open
      const read = (await keptRules(client)).filter(isInForce).map((kept) => ({ kept, said: said(kept) }))
      const rules = read.flatMap(({ kept: { ruleId, version }, said }) =>
        said.rule === null ? [] : [{ ruleId, version, rule: said.rule }],
      )
      for (const { ruleId, version, rule } of rules) keep(ruleId, version, rule)
      const unread = read.flatMap(({ kept: { ruleId, version }, said: { rule, says } }) =>
        rule === null ? [{ ruleId, version, says }] : [],
      )
      open = { changes, ready: make(rules), unread }
      return open
    },
    async version(client, { ruleId, version }) {
      const known = versions.get(`${ruleId}/${version}`)
      if (known !== undefined) return known
      const kept = await keptVersion(client, { ruleId, version })
      const rule = kept === null ? null : readRule(kept).rule
      keep(ruleId, version, rule)
      return rule
    },
  }
}

function isInForce({ told, failing }: KeptRule): boolean {
  return told.state !== 'off' && failing === null
}

function readRule({ text, name }: KeptRule): { readonly rule: Rule | null; readonly says: string } {
  const { rules, errors } = parseRules(text)
  const found = rules.find(({ rule }) => rule.name === name)
  const [error] = errors
  const says = error ? `${error.line}:${error.column}: ${error.message}` : 'its text has no rule of its name'
  return { rule: found?.rule ?? null, says }
}
