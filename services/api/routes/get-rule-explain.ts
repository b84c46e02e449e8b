// GET /v1/rules/{name}/explain: what a rule says of one event, and why.

import type { Request, Response } from 'express'
import { compileRule, type CompiledRule } from '@plaintrail/rules/compile-rule'
import { explain } from '@plaintrail/rules/explain'
import { parseRules } from '@plaintrail/rules/parse-rules'
import { findRuleVersion } from '@plaintrail/store/find-rules'
import { findSubject, type FoundSubject } from '@plaintrail/store/find-subject'
import { currentRule } from '@plaintrail/store/rules'
import { stateReadBytes } from '../answer-memory.ts'
import type { RouteParts } from '../api-parts.ts'
import type { Caller } from '../authenticate.ts'
import { answerMarginMs, boundedQuestion } from '../bounded-question.ts'
import { Problem } from '../problems.ts'
import { nameIn, noRule } from './get-rules.ts'

interface Asked {
  readonly event: string
  readonly version?: number | undefined
}

export function getRuleExplain(
  parts: RouteParts,
): (request: Request, response: Response, caller: Caller, input: { readonly query: Asked }) => Promise<void> {
  return async (request, response, { scope }, { query: { event, version } }) => {
    const { store, segmentItems: items } = parts
    const name = nameIn(request)
    const rule = version === undefined ? await currentRule(store, name) : await findRuleVersion(store, name, version)
    if (rule === null) throw noRule()
    const compiled = compiledOf(rule.text)
    const found = await boundedQuestion(response, parts.questionMsMax + answerMarginMs, async (signal) => {
      using _memory = await parts.rawMemory.take(response, stateReadBytes)
      signal.throwIfAborted()
      return await findSubject(store, scope, event, { parts: compiled.reads.costly, items })
    })
    const { hash } = rule
    response.json({ ...explain(compiled, subjectIn(found), hash), version: rule.version, hash })
  }
}

/** A version was right when it was put, by the rules of its time. */
function compiledOf(text: string): CompiledRule {
  const [parsed] = parseRules(text).rules
  const compilation = parsed === undefined ? null : compileRule(parsed.rule)
  if (compilation?.ok !== true)
    throw new Problem(
      'conflict',
      'this version of the rule is not right any more',
      'Put it again, as it should be now.',
    )
  const { compiled } = compilation
  if (compiled.rule.on === 'event') return compiled
  throw new Problem('conflict', 'the rule judges gaps, and no events', 'Its findings say which gaps it found.')
}

function subjectIn(found: FoundSubject) {
  switch (found.kind) {
    case 'found':
      return found.subject
    case 'none':
      throw new Problem('not_found', 'there is no such event, or it is past retention', 'Ids begin with evt_.')
    case 'gone':
      throw new Problem('not_found', 'the bytes of the event are past retention', 'Ask about a later one.')
    default:
      return found satisfies never
  }
}
