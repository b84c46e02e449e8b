// testRules: runs the examples beside rules. Pure: whoever calls reads the files.

import type { JsonObject } from '@plaintrail/history/json-values'
import { completedEvent } from './completed-event.ts'
import { compileRule, type CompiledRule } from './compile-rule.ts'
import { evaluate, evaluateGap } from './evaluate.ts'
import type { Evaluation, Missing } from './evaluation.ts'
import { readEvents } from './event-file.ts'
import { filledText } from './filled-text.ts'
import { OfflineFindings } from './offline-findings.ts'
import { OfflineSubjects } from './offline-subjects.ts'
import type { ParsedRule } from './parse-rules.ts'
import type { Place } from './rule-error.ts'
import type { RuleTest } from './rule-test.ts'

export interface TestResult {
  readonly rule: string
  readonly name: string
  /** Where the test stands in the file of its rule. */
  readonly at: Place
  /** `not-evaluable`: nothing is wrong but that events lack what the rule reads. `unreadable`: its fixture is none. */
  readonly result: 'pass' | 'fail' | 'not-evaluable' | 'unreadable'
  /** What was expected and what came, in lines; empty where it passed. */
  readonly says: readonly string[]
  /** Events that depend on what was not recorded; with the reasons. */
  readonly insufficient: number
  readonly missing: readonly Missing[]
}

export interface TestOptions {
  /** The text of a file beside the rule's; null where there is none. */
  readonly readFixture: (path: string) => string | null
}

/** In the order of the tests. A rule that does not compile fails all of its tests. */
export function testRule(
  { rule, tests }: Pick<ParsedRule, 'rule' | 'tests'>,
  options: TestOptions,
): readonly TestResult[] {
  const compilation = compileRule(rule)
  return tests.map((test) => {
    if (!compilation.ok) {
      const [error] = compilation.errors
      return resultOf(rule.name, test, { says: [error?.message ?? 'the rule cannot be compiled'] })
    }
    const outcome = runTest(compilation.compiled, test, options)
    return 'unreadable' in outcome
      ? { ...resultOf(rule.name, test, { says: [outcome.unreadable] }), result: 'unreadable' }
      : resultOf(rule.name, test, { ...outcome, says: differences(test, outcome, rule.step.matchText) })
  })
}

interface Outcome {
  readonly findings: number
  readonly summaries: readonly string[]
  readonly insufficient: number
  readonly missing: readonly Missing[]
  readonly errors: readonly string[]
  /** Of the first event that matched, of the first that could not be judged, and of the last one. */
  readonly matched: string | null
  readonly open: string | null
  readonly last: string | null
}

function resultOf(
  rule: string,
  { name, at, expect }: RuleTest,
  {
    says,
    findings = 0,
    errors = [],
    insufficient = 0,
    missing = [],
  }: Partial<Outcome> & { readonly says: readonly string[] },
): TestResult {
  const isOpen = insufficient > expect.insufficient && errors.length === expect.errors && findings <= expect.findings
  const result = says.length === 0 ? 'pass' : isOpen ? 'not-evaluable' : 'fail'
  return { rule, name, at, result, says, insufficient, missing }
}

function runTest(
  compiled: CompiledRule,
  test: RuleTest,
  options: TestOptions,
): Outcome | { readonly unreadable: string } {
  const { given } = test
  switch (given.kind) {
    case 'gap':
      return runGap(compiled, test, given.gap)
    case 'events': {
      const events = given.events.map((event, index) => ({
        raw: completedEvent(event, index),
        label: `event ${index + 1}`,
      }))
      return runEvents(compiled, test, events)
    }
    case 'fixture': {
      const text = options.readFixture(given.path)
      if (text === null) return { unreadable: `there is no ${given.path}` }
      const { events, errors } = readEvents(text)
      const [error] = errors
      if (error !== undefined) return { unreadable: `${given.path}:${error.line}: ${error.message}` }
      if (events.length === 0) return { unreadable: `${given.path} has no events` }
      return runEvents(
        compiled,
        test,
        events.map(({ raw, line }) => ({ raw, label: `${given.path}:${line}` })),
      )
    }
    default:
      return given satisfies never
  }
}

interface LabelledEvent {
  readonly raw: JsonObject
  /** Where it stands, for people; unique. */
  readonly label: string
}

function runEvents(compiled: CompiledRule, test: RuleTest, events: readonly LabelledEvent[]): Outcome {
  const { cluster, given } = test
  const subjects = new OfflineSubjects({ cluster, parts: compiled.reads.costly, isWhole: given.kind === 'events' })
  const found = new OfflineFindings()
  const evaluated: Evaluation[] = []
  const errors: string[] = []
  const shown: { matched: string | null; open: string | null; last: string | null } = {
    matched: null,
    open: null,
    last: null,
  }
  for (const [index, { raw, label }] of events.entries()) {
    const subject = subjects.take(`${label} #${index}`, raw, test)
    if (subject === null) {
      errors.push(`${label} is no audit event`)
      continue
    }
    const evaluation = evaluate(compiled, subject)
    evaluated.push(evaluation)
    shown.last = `${label}  "${subject.sentence}"`
    if (evaluation.kind === 'insufficient') shown.open ??= shown.last
    if (evaluation.kind === 'error')
      errors.push(`${label}: ${evaluation.says} (${evaluation.line}:${evaluation.column})`)
    if (evaluation.kind !== 'match') continue
    shown.matched ??= shown.last
    found.add(compiled, subject, evaluation)
  }
  const findings = found.findings({ isOver: true })
  const open = evaluated.filter((evaluation) => evaluation.kind === 'insufficient')
  return {
    findings: findings.length,
    summaries: findings.map(({ summary }) => summary),
    insufficient: open.length,
    missing: open.flatMap(({ missing }) => missing),
    errors,
    ...shown,
  }
}

function runGap(compiled: CompiledRule, test: RuleTest, gap: JsonObject): Outcome {
  const whole = { cluster: test.cluster, ...gap }
  const evaluation = evaluateGap(compiled, test.cluster, whole)
  return {
    findings: evaluation.kind === 'match' ? 1 : 0,
    summaries: evaluation.kind === 'match' ? [filledText(compiled.rule.summary, { cluster: test.cluster })] : [],
    insufficient: evaluation.kind === 'insufficient' ? 1 : 0,
    missing: evaluation.kind === 'insufficient' ? evaluation.missing : [],
    errors: evaluation.kind === 'error' ? [evaluation.says] : [],
    matched: null,
    open: null,
    last: null,
  }
}

/** Reasons that are told of events that cannot be judged. */
const missingShownMax = 3

function differences({ expect }: RuleTest, outcome: Outcome, matchText: string): readonly string[] {
  const says: string[] = []
  const { findings, insufficient, errors, missing, summaries } = outcome
  if (findings !== expect.findings) says.push(`expected ${counted(expect.findings, 'finding')}, got ${findings}`)
  if (insufficient !== expect.insufficient) {
    says.push(`expected ${expect.insufficient} not evaluable, got ${insufficient}`)
    const told = new Set(missing.map(({ what, because }) => `${what} is not known: ${because}`))
    says.push(...[...told].slice(0, missingShownMax))
  }
  if (errors.length !== expect.errors) {
    says.push(`expected ${counted(expect.errors, 'error')}, got ${errors.length}`)
    says.push(...errors.slice(0, missingShownMax))
  }
  if (expect.summary !== null && !summaries.includes(expect.summary)) {
    says.push(`expected the summary "${expect.summary}"`)
    says.push(summaries.length === 0 ? 'and there is no finding' : `and got "${summaries[0]}"`)
  }
  if (says.length === 0) return says
  if (outcome.matched !== null && findings > expect.findings) says.push(`matched: ${matchText}`)
  const shown = (insufficient > expect.insufficient ? outcome.open : null) ?? outcome.matched ?? outcome.last
  if (shown !== null) says.push(`event:   ${shown}`)
  return says
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
