// GET /v1/rules, /v1/rules/{name} and /v1/rules/{name}/versions: what is looked for, what it says, and what it ever said.

import type { Request, Response } from 'express'
import { findRules, findRuleVersion, findRuleVersions } from '@plaintrail/store/find-rules'
import { noiseOfRules } from '@plaintrail/store/noisy-rules'
import { currentRule, type RuleVersion } from '@plaintrail/store/rules'
import type { RouteParts } from '../api-parts.ts'
import type { Caller, Route } from '../authenticate.ts'
import { nextPage } from '../list-answer.ts'
import { cursorKeyFor, listQuestion, urlParameters } from '../list-question.ts'
import { noiseAnswer } from '../noise-answer.ts'
import { Problem } from '../problems.ts'
import { listedRuleAnswer, ruleAnswer, ruleVersionAnswer, tagOf } from '../rule-answer.ts'
import { askedAgain, sendTagged } from '../tagged-answer.ts'
import { yamlType } from './get-object-at.ts'

export function getRules(parts: RouteParts): Route {
  return async (request, response, caller) => {
    const cursorKey = cursorKeyFor(parts, caller)
    const asked = { list: 'rules', nowUs: parts.nowUs(), sinceUs: 0 } as const
    const question = listQuestion(urlParameters(request), cursorKey, asked)
    const { items, next } = await findRules(parts.store, caller.scope, question)
    const nowUs = parts.nowUs()
    const noise = await noiseOfRules(parts.store, caller.scope, items, nowUs)
    response.json({
      data: items.map((rule) => listedRuleAnswer(rule, noiseAnswer(rule.name, noise.get(rule.name), nowUs))),
      ...nextPage(response, question, next && { position: next }, cursorKey),
    })
  }
}

interface Asked {
  readonly version?: number | undefined
  readonly format?: 'json' | 'yaml' | undefined
}

export function getRule({
  store,
}: RouteParts): (
  request: Request,
  response: Response,
  caller: Caller,
  input: { readonly query: Asked },
) => Promise<void> {
  return async (request, response, _caller, { query: { version, format } }) => {
    const name = nameIn(request)
    const rule = version === undefined ? await currentRule(store, name) : await findRuleVersion(store, name, version)
    if (rule === null) throw noRule()
    const accepted = request.accepts(['application/json', yamlType])
    const isYaml = (format ?? (accepted === yamlType ? 'yaml' : 'json')) === 'yaml'
    response.vary('Accept')
    sendTagged(request, response, isYaml ? yamlOf(rule) : jsonOf(rule))
  }
}

function jsonOf(rule: RuleVersion): Parameters<typeof sendTagged>[2] {
  const body = (): string => JSON.stringify(ruleAnswer(rule))
  return { tag: tagOf(rule), cacheControl: askedAgain, type: 'application/json', body }
}

/** Other bytes have another tag, which names the same version. */
function yamlOf(rule: RuleVersion): Parameters<typeof sendTagged>[2] {
  return { tag: `${tagOf(rule)}-yaml`, cacheControl: askedAgain, type: yamlType, body: () => rule.text }
}

export function getRuleVersions(parts: RouteParts): Route {
  return async (request, response, caller) => {
    const name = nameIn(request)
    const cursorKey = cursorKeyFor(parts, caller)
    const asked = { list: `rule ${name}`, nowUs: parts.nowUs(), sinceUs: 0 } as const
    const question = listQuestion(urlParameters(request), cursorKey, asked)
    const current = await currentRule(parts.store, name)
    const { items, next } = await findRuleVersions(parts.store, name, question)
    if (items.length === 0 && question.after === null) throw noRule()
    response.json({
      data: items.map((one) => ruleVersionAnswer(one, current?.version ?? null)),
      ...nextPage(response, question, next && { position: next }, cursorKey),
    })
  }
}

/** As parse-rules.ts has names: another text is the name of none. */
const nameForm = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/

export function nameIn(request: Request): string {
  const name = String(request.params['name'])
  if (!isRuleName(name)) throw noRule()
  return name
}

export const isRuleName = (text: string): boolean => nameForm.test(text)

export function noRule(): Problem {
  return new Problem('not_found', 'there is no such rule', 'GET /v1/rules lists them.')
}
