// RuleRun: rules over events of files, and what comes of it.
import { compileRule, type CompiledRule } from '@plaintrail/rules/compile-rule'
import type { FileEvent } from '@plaintrail/rules/event-file'
import type { Evaluation, Missing } from '@plaintrail/rules/evaluation'
import { OfflineFindings, type OfflineFinding } from '@plaintrail/rules/offline-findings'
import { OfflineSubjects } from '@plaintrail/rules/offline-subjects'
import type { Severity } from '@plaintrail/rules/rule'
import { createRuleSet, type RuleSet } from '@plaintrail/rules/rule-set'
import type { CostlyPart, Subject } from '@plaintrail/rules/subject'
import { CliError } from '../cli-error.ts'
import type { FileRule } from './read-rule-files.ts'

/** Results of one run: some hundred bytes each. */
const resultsMax = 500_000

export interface EventPlace {
  readonly auditID: string
  readonly stage: string
  readonly file: string
  readonly line: number
}

/** What one rule says of one event, as -o jsonl has it. No match is no result. */
export interface RunResult {
  readonly result: 'match' | 'insufficient' | 'error'
  readonly rule: string
  readonly severity: Severity
  readonly event: EventPlace
  /** The id of the finding that the event counts for; null where there is none. */
  readonly finding: string | null
  /** Of the finding; of an error what went wrong. */
  readonly summary: string | null
  readonly missing: readonly Missing[]
}

export interface RunFinding {
  readonly finding: OfflineFinding
  readonly events: readonly EventPlace[]
}

export interface RunOutcome {
  readonly events: number
  readonly rules: number
  readonly findings: readonly RunFinding[]
  /** In the order of events. */
  readonly results: readonly RunResult[]
}

interface RunOptions {
  readonly cluster: string
  /** Nothing comes after the events: what nothing followed is decided at their end. */
  readonly isOver: boolean
}

export class RuleRun {
  private readonly ruleSet: RuleSet
  private readonly subjects: OfflineSubjects
  private readonly found = new OfflineFindings()
  private readonly results: { readonly id: string; readonly result: RunResult }[] = []
  private readonly places = new Map<string, EventPlace>()
  private readonly isOver: boolean
  private events = 0

  constructor(rules: readonly FileRule[], { cluster, isOver }: RunOptions) {
    const compiled = rules.map(compiledRule)
    const parts = new Set<CostlyPart>(compiled.flatMap(({ reads }) => [...reads.costly]))
    this.ruleSet = createRuleSet(compiled)
    this.subjects = new OfflineSubjects({ cluster, parts })
    this.isOver = isOver
  }

  /** False where it is no audit event. Throws CliError past the bounds. */
  take(raw: FileEvent['raw'], file: string, line: number): boolean {
    const id = `${file}:${line}#${this.events}`
    const subject = this.subjects.take(id, raw)
    if (subject === null) return false
    this.events += 1
    this.found.sawUntil(subject.event.time)
    const candidates = this.ruleSet.candidates(subject)
    for (const { compiled, evaluation } of this.ruleSet.evaluate(subject, candidates))
      this.keep(compiled, subject, { evaluation, file, line })
    return true
  }

  outcome(): RunOutcome {
    const findings = this.found.findings({ isOver: this.isOver })
    const byEvent = new Map(
      findings.flatMap((finding) => finding.events.map((id) => [`${finding.rule.name} ${id}`, finding] as const)),
    )
    const results = this.results.flatMap(({ id, result }) => {
      if (result.result !== 'match') return [result]
      const finding = byEvent.get(`${result.rule} ${id}`)
      return finding === undefined ? [] : [{ ...result, finding: finding.id, summary: finding.summary }]
    })
    const placed = findings.map((finding) => ({
      finding,
      events: finding.events.flatMap((id) => this.places.get(id) ?? []),
    }))
    return { events: this.events, rules: this.ruleSet.rules.length, findings: placed, results }
  }

  private keep(
    compiled: CompiledRule,
    subject: Subject,
    { evaluation, file, line }: { readonly evaluation: Evaluation; readonly file: string; readonly line: number },
  ): void {
    if (evaluation.kind === 'no-match') return
    const { id, event } = subject
    const place = { auditID: event.auditID, stage: event.stage, file, line }
    const isKept = evaluation.kind !== 'match' || this.found.add(compiled, subject, evaluation)
    if (!isKept || this.results.length >= resultsMax)
      throw new CliError('incomplete', `could not go on: there are more than ${resultsMax} results`, {
        hint: 'Give it fewer events or fewer rules at once.',
      })
    if (evaluation.kind === 'match') this.places.set(id, place)
    const { name, severity } = compiled.rule
    const says = evaluation.kind === 'error' ? `${evaluation.says} (${evaluation.line}:${evaluation.column})` : null
    const missing = evaluation.kind === 'insufficient' ? evaluation.missing : []
    this.results.push({
      id,
      result: { result: evaluation.kind, rule: name, severity, event: place, finding: null, summary: says, missing },
    })
  }
}

function compiledRule({ rule, file, at }: FileRule): CompiledRule {
  const compilation = compileRule(rule)
  if (compilation.ok) return compilation.compiled
  const says = compilation.errors[0]?.message ?? 'it cannot be compiled'
  throw new CliError('rule_invalid', `${file}:${at.line}: ${says}`)
}
