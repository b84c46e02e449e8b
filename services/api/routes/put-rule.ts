// PUT and DELETE /v1/rules/{name}, and POST /v1/rules/validate: rules that are kept here, and whether a text is right.

import type { Request, Response } from 'express'
import { nearestWord } from '@plaintrail/query/nearest-word'
import { parseRules, type ParsedRule, type ParsedRules } from '@plaintrail/rules/parse-rules'
import type { RuleError } from '@plaintrail/rules/rule-error'
import { currentRule, putRules, removeRule, rulesMax, type RuleVersion } from '@plaintrail/store/rules'
import type { RouteParts } from '../api-parts.ts'
import type { Caller } from '../authenticate.ts'
import { mayChangeRules } from '../may-change-rules.ts'
import { Problem } from '../problems.ts'
import { ruleAnswer, tagOf, versionOfTag } from '../rule-answer.ts'
import { nameIn, noRule } from './get-rules.ts'
import { whoIs } from './patch-finding.ts'

type Takes = (
  request: Request,
  response: Response,
  caller: Caller,
  input: { readonly body: string },
) => Promise<void> | void

export function putRule({ store }: RouteParts): Takes {
  return async (request, response, caller, { body }) => {
    mayChangeRules(caller)
    const name = nameInPath(request)
    const file = parseRules(body)
    const parsed = onlyRule(file, name)
    const before = await currentRule(store, name)
    const ifVersion = versionAsked(request, before)
    const { name: author, id: authorId } = whoIs(caller)
    const [put] = await putRules(store, { source: 'api', author, authorId, rules: [parsed] }, ifVersion)
    if (put?.kind === 'stale') throw stale(put.version)
    if (put?.kind === 'too-many')
      throw new Problem('conflict', `there are ${rulesMax} rules already`, 'Delete one that nobody needs.')
    const rule = await currentRule(store, name)
    if (rule === null) throw stale(0)
    response.setHeader('ETag', `"${tagOf(rule)}"`)
    response
      .status(before === null ? 201 : 200)
      .location(`/v1/rules/${name}`)
      .json({ ...ruleAnswer(rule), warnings: warningsOf(file, parsed) })
  }
}

export function deleteRule({
  store,
}: RouteParts): (request: Request, response: Response, caller: Caller) => Promise<void> {
  return async (request, response, caller) => {
    mayChangeRules(caller)
    const name = nameIn(request)
    const isGone = await removeRule(store, { name, source: 'api', who: whoIs(caller) })
    const rule = await currentRule(store, name)
    if (!isGone) throw rule === null ? noRule() : notOurs(rule)
    response.json({ name, in_force: rule && ruleAnswer(rule) })
  }
}

export function postRulesValidate(): Takes {
  return (_request, response, _caller, { body }) => {
    const { rules, errors } = parseRules(body)
    response.json({
      valid: errors.length === 0 && rules.length > 0,
      rules: rules.map(({ rule: { name, title, severity }, at, warnings }) => {
        return { name, title, severity, line: at.line, warnings }
      }),
      errors,
    })
  }
}

/** What stands in a path may be no name; the body says which it is. */
function nameInPath(request: Request): string {
  return String(request.params['name'])
}

/** Of any name where that is null. Throws a Problem. */
export function onlyRule({ rules, errors }: ParsedRules, name: string | null): ParsedRule {
  if (errors.length > 0) throw wrongRule(errors)
  const [first, second] = rules
  if (first === undefined) throw wrongRule([errorAt({ line: 1, column: 1 }, 'there is no rule in it')])
  const named = rules.find(({ rule }) => rule.name === name)
  // One of another tool cannot be sent without the macros, lists and rules of its file.
  if (named?.isImported === true) return named
  if (second !== undefined) throw wrongRule([tooMany(rules, second, name)])
  if (name === null || named !== undefined) return first
  const says = `the rule is named "${first.rule.name}", and the path says "${name.slice(0, 100)}"`
  throw wrongRule([errorAt(first.at, says, 'Send it to the path of its name.')])
}

function tooMany(rules: readonly ParsedRule[], second: ParsedRule, name: string | null): RuleError {
  const says = 'there is more than one rule in it'
  if (!second.isImported) return errorAt(second.at, says, 'Send each by itself.')
  const hint = 'plaintrail falco import and sigma import make a file of each.'
  if (name === null) return errorAt(second.at, says, hint)
  const names = rules.map(({ rule }) => rule.name)
  const near = nearestWord(name, names)
  const mend = near === null ? 'POST /v1/rules/validate tells their names.' : `Did you mean "${near}"?`
  return errorAt(second.at, `${says}, and none is named "${name.slice(0, 100)}"`, mend)
}

/** What of the file is not carried over, or means something else. */
function warningsOf({ rules }: ParsedRules, { warnings }: ParsedRule): readonly RuleError[] {
  const others = rules.length - 1
  if (others === 0) return warnings
  const says = others === 1 ? 'another rule of the file is left out' : `${others} other rules of the file are left out`
  return [...warnings, errorAt({ line: 1, column: 1 }, says, 'Send it to the path of each, too.')]
}

function errorAt(
  { line, column }: Pick<RuleError, 'line' | 'column'>,
  message: string,
  hint: string | null = null,
): RuleError {
  return { message, line, column, hint }
}

function wrongRule(errors: readonly RuleError[]): Problem {
  const [{ line, column, message }] = errors as readonly [RuleError, ...RuleError[]]
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : ''
  return new Problem(
    'unprocessable',
    `the rule is not right: ${line}:${column}: ${message}${more}`,
    'POST /v1/rules/validate tells the same without a change.',
    { errors: errors.map((error) => ({ ...error, message: undefined, detail: error.message })) },
  )
}

/** Null where any will do. Weak tags and those of others name no version (RFC 9110 section 13.1.1). */
function versionAsked(request: Request, current: RuleVersion | null): number | null {
  const wanted = request.get('If-Match')?.trim()
  if (wanted === undefined) return request.get('If-None-Match')?.trim() === '*' ? 0 : null
  const isThere = current !== null
  if (wanted === '*' && isThere) return current.version
  const versions = wanted.split(',').map((tag) => versionOfTag(tag.trim()))
  if (isThere && versions.includes(current.version)) return current.version
  throw stale(current?.version ?? 0)
}

function stale(version: number): Problem {
  return new Problem(
    'precondition_failed',
    version === 0 ? 'there is no such rule' : `the rule is at version ${version}, and you have another one`,
    'Get it again, and send your change of that with its ETag as If-Match.',
  )
}

function notOurs({ source }: RuleVersion): Problem {
  const where = source === 'pack' ? 'the pack that came with the server' : "the server's folder of rules"
  return new Problem(
    'conflict',
    `the rule is not kept here: it comes from ${where}`,
    'PUT it with state: off, which comes before that.',
  )
}
