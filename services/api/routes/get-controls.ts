// GET /v1/controls and /v1/controls/{id}: what rules found about a control of a framework, and where nobody looked.

import type { Request, Response } from 'express'
import { formatMicroTime } from '@plaintrail/event/time'
import { matches } from '@plaintrail/query/ast'
import { parseWindow, type Window } from '@plaintrail/query/window'
import { controlOf, type Control } from '@plaintrail/rules/controls'
import { coverageOfRules } from '@plaintrail/store/coverage-of-rules'
import { exceptionsOfRules } from '@plaintrail/store/exceptions'
import { findGaps } from '@plaintrail/store/gaps'
import { findingsOfRules, type RuleFindings } from '@plaintrail/store/findings-of-rules'
import { currentRules, type RuleVersion } from '@plaintrail/store/rules'
import { visibleClusters, type VisibleCluster } from '@plaintrail/store/visible-clusters'
import type { RouteParts } from '../api-parts.ts'
import type { Caller, Route } from '../authenticate.ts'
import { Problem } from '../problems.ts'
import { compareStatus, ruleStatus } from '../rule-status.ts'
import { exceptionId } from '../triage-answer.ts'
import { daysOf } from './get-cluster-coverage.ts'

/** How far back, unless it is said: what PCI DSS 10.5.1 wants at hand. */
const sinceDefaultUs = 90 * 86_400_000_000
/** Clusters of one answer. */
const clustersMax = 100

export function getControls(parts: RouteParts): Route {
  return async (_request, response) => {
    const rules = (await currentRules(parts.store)).filter(isInForce)
    const ids = [...new Set(rules.flatMap(({ told }) => told.controls))]
    const controls = ids.flatMap((id) => controlOf(id) ?? []).toSorted(byNumber)
    response.json({
      data: controls.map((control) => ({
        ...told(control),
        rules: rules.filter((rule) => rule.told.controls.includes(control.id)).length,
      })),
    })
  }
}

interface Sent {
  readonly query: { readonly since?: string | undefined; readonly until?: string | undefined }
}

export function getControl(
  parts: RouteParts,
): (request: Request, response: Response, caller: Caller, input: Sent) => Promise<void> {
  return async (request, response, { scope }, { query: sent }) => {
    const { store } = parts
    const control = controlOf(String(request.params['id']))
    if (control === null)
      throw new Problem('not_found', 'there is no such control', 'GET /v1/controls has those that rules name.')
    const nowUs = parts.nowUs()
    const window = parseWindow({ ...sent }, nowUs, nowUs - sinceDefaultUs)
    const inForce = (await currentRules(store)).filter(isInForce)
    const rules = inForce.filter((rule) => rule.told.controls.includes(control.id))
    const clusters = (await visibleClusters(store, scope)).slice(0, clustersMax)
    const names = rules.map(({ name }) => name)
    const found = await findingsOfRules(store, scope, names, window)
    const hiding = await exceptionsOfRules(store, names)
    const asked = new URLSearchParams({
      control: control.id,
      since: formatMicroTime(window.sinceUs),
      until: formatMicroTime(window.untilUs),
    })
    const answers = []
    for (const cluster of clusters)
      answers.push(await clusterAnswer(parts, scope, { cluster, rules, found, hiding, window }))
    response.json({
      ...told(control),
      window: { since: formatMicroTime(window.sinceUs), until: formatMicroTime(window.untilUs) },
      rules: rules
        .map((rule) => ruleAnswer(rule, found, hiding))
        .toSorted((one, other) => other.findings - one.findings || (one.name < other.name ? -1 : 1)),
      ...findingsOf(found),
      clusters: answers,
      links: { findings: `/v1/findings?${asked.toString()}` },
    })
  }
}

const isInForce = ({ told: { state } }: RuleVersion): boolean => state === 'active'

interface OfCluster {
  readonly cluster: VisibleCluster
  readonly rules: readonly RuleVersion[]
  readonly found: readonly RuleFindings[]
  readonly hiding: readonly HidingException[]
  readonly window: Window
}

type HidingException = Awaited<ReturnType<typeof exceptionsOfRules>>[number]

async function clusterAnswer(
  { store }: RouteParts,
  scope: Caller['scope'],
  { cluster, rules, found, hiding, window }: OfCluster,
) {
  const [all, gaps] = await Promise.all([
    coverageOfRules(store, cluster.id, daysOf(window), rules),
    findGaps(store, scope, window, matches('cluster', [[cluster.name]])),
  ])
  const notJudged = all
    .map((one) => ({ rule: one.rule.name, status: ruleStatus(one), insufficient: one.insufficient }))
    .filter(({ status }) => status !== 'works')
    .toSorted((one, other) => compareStatus(one.status, other.status))
  return {
    cluster: cluster.name,
    ...findingsOf(found.filter((one) => one.cluster === cluster.name)),
    coverage: { complete: gaps.length === 0, gaps },
    not_judged: notJudged,
    is_covered: gaps.length === 0 && notJudged.length === 0 && hiding.length === 0,
  }
}

function ruleAnswer(
  { name, version, told: { title, severity } }: RuleVersion,
  found: readonly RuleFindings[],
  hiding: readonly HidingException[],
) {
  const own = found.filter(({ rule }) => rule === name)
  const lastUs = own.reduce((last, one) => Math.max(last, one.lastUs), -1)
  return {
    name,
    title,
    severity,
    version,
    ...findingsOf(own),
    events: sum(own, ({ events }) => events),
    events_relation: own.every((one) => one.eventsRelation === 'eq') ? 'eq' : 'gte',
    last: own.length === 0 ? null : formatMicroTime(lastUs),
    exceptions: hiding.filter(({ rule }) => rule === name).map(({ id }) => exceptionId(id)),
  }
}

function findingsOf(found: readonly RuleFindings[]) {
  return {
    findings: sum(found, ({ findings }) => findings),
    findings_relation: found.every((one) => one.findingsRelation === 'eq') ? 'eq' : 'gte',
  }
}

function told({ id, framework, title }: Control) {
  return { id, framework: framework.name, version: framework.version, title }
}

/** By framework; within one, numbers as numbers: 10.2 comes after 9.4. */
function byNumber(one: Control, other: Control): number {
  return one.id.localeCompare(other.id, 'en', { numeric: true })
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0)
}
