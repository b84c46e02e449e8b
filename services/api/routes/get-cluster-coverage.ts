// GET /v1/clusters/{id}/coverage: which rules can judge what the cluster sends, and what policy would mend the others.

import { setImmediate } from 'node:timers/promises'
import type { Request, Response } from 'express'
import { formatMicroTime } from '@plaintrail/event/time'
import { yamlOf } from '@plaintrail/history/unified-text'
import { matches } from '@plaintrail/query/ast'
import type { Scope } from '@plaintrail/query/scope'
import { parseWindow, type Window } from '@plaintrail/query/window'
import { auditNeed, type AuditNeed } from '@plaintrail/rules/audit-need'
import { namesSecrets, neededPolicy, queryOfNeed } from '@plaintrail/rules/needed-policy'
import { parseRules } from '@plaintrail/rules/parse-rules'
import { budgetOf, type Budget } from '@plaintrail/store/budget'
import { clusterFreshness } from '@plaintrail/store/cluster-freshness'
import { coverageOfRules, type DaySpan, type RuleCoverage } from '@plaintrail/store/coverage-of-rules'
import { findGaps } from '@plaintrail/store/gaps'
import { noiseOfRules } from '@plaintrail/store/noisy-rules'
import { projectedVolume, type ProjectedVolume } from '@plaintrail/store/projected-volume'
import type { RouteParts } from '../api-parts.ts'
import type { Caller } from '../authenticate.ts'
import { answerMarginMs, boundedQuestion } from '../bounded-question.ts'
import { noiseAnswer } from '../noise-answer.ts'
import { Problem } from '../problems.ts'
import { compareStatus, ruleStatus } from '../rule-status.ts'
import { coverageStatuses } from '../schemas/rule-coverage-schemas.ts'

const dayUs = 86_400_000_000
/** How far back, unless it is said. */
const sinceDefaultUs = 7 * dayUs
/** Different policies whose volume is counted: each is one or two questions about events. */
const volumesMax = 40

const secretsCaution =
  'API servers would send the values of secrets, or of what often holds one: Plaintrail replaces those of Secrets and tokens before it writes anything, and other audit backends of the cluster would keep them. So this is not in `policy`.'

/** Whole days of UTC, which is how coverage is counted. */
export function daysOf({ sinceUs, untilUs }: Window): DaySpan {
  return { sinceDay: Math.floor(sinceUs / dayUs), untilDay: Math.floor(Math.max(sinceUs, untilUs - 1) / dayUs) }
}

interface Sent {
  readonly query: { readonly since?: string | undefined; readonly until?: string | undefined }
}

export function getClusterCoverage(
  parts: RouteParts,
): (request: Request, response: Response, caller: Caller, input: Sent) => Promise<void> {
  return async (request, response, { scope }, { query: sent }) => {
    const { store } = parts
    const cluster = await clusterFreshness(store, scope, String(request.params['id']))
    if (!cluster) throw new Problem('not_found', 'there is no such cluster', 'GET /v1/clusters has them all.')
    const nowUs = parts.nowUs()
    const asked = parseWindow({ ...sent }, nowUs, nowUs - sinceDefaultUs)
    const days = daysOf(asked)
    const window = { sinceUs: days.sinceDay * dayUs, untilUs: (days.untilDay + 1) * dayUs }
    const [rules, gaps] = await Promise.all([
      coverageOfRules(store, cluster.id, days),
      findGaps(store, scope, window, matches('cluster', [[cluster.name]])),
    ])
    const needs = await needsOf(rules)
    const countable = { sinceUs: window.sinceUs, untilUs: Math.min(window.untilUs, nowUs) }
    const volumes = await boundedQuestion(response, parts.questionMsMax + answerMarginMs, (signal) =>
      volumesOf(
        parts,
        { scope, cluster: cluster.name, window: countable },
        [...needs.values()],
        budgetOf(parts.questionMsMax, signal),
      ),
    )
    const noise = await noiseOfRules(
      store,
      scope,
      rules.map(({ rule }) => rule),
      nowUs,
    )
    const told = rules.map((one) => ({
      ...toldOf(one, needs.get(one) ?? null, volumes),
      noise: noiseAnswer(one.rule.name, noise.get(one.rule.name), nowUs),
    }))
    const wanted = [...needs.values()].filter((need) => need !== null).filter((need) => !namesSecrets(need))
    response.json({
      cluster: cluster.name,
      window: { since: formatMicroTime(window.sinceUs), until: formatMicroTime(window.untilUs) },
      rules: told.toSorted((one, other) => compareStatus(one.status, other.status)),
      counts: Object.fromEntries(
        coverageStatuses.map((status) => [status, told.filter((one) => one.status === status).length]),
      ),
      policy: wanted.length === 0 ? null : yamlOf(neededPolicy(wanted)),
      gaps,
    })
  }
}

/** Reading a rule takes a millisecond and more, and there may be 2,000: others are answered between two. */
async function needsOf(rules: readonly RuleCoverage[]): Promise<ReadonlyMap<RuleCoverage, AuditNeed | null>> {
  const needs = new Map<RuleCoverage, AuditNeed | null>()
  for (const one of rules) {
    if (one.insufficient > 0) await setImmediate()
    needs.set(one, needOf(one))
  }
  return needs
}

/** Null where a policy would not mend it: it lacks nothing, or what it lacks is no body. */
function needOf({ rule, insufficient, lacks }: RuleCoverage): AuditNeed | null {
  if (insufficient === 0) return null
  const [read] = parseRules(rule.text).rules
  if (read === undefined) return null
  return auditNeed(
    read.rule.step.match,
    lacks.filter(({ isError }) => !isError).map(({ what }) => what),
  )
}

type Volumes = ReadonlyMap<string, ProjectedVolume>

const keyOf = (need: AuditNeed): string => JSON.stringify(need)

async function volumesOf(
  { store, segmentItems }: RouteParts,
  of: { readonly scope: Scope; readonly cluster: string; readonly window: Window },
  needs: readonly (AuditNeed | null)[],
  budget: Budget,
): Promise<Volumes> {
  const { scope, cluster, window } = of
  const volumes = new Map<string, ProjectedVolume>()
  for (const need of needs) {
    if (need === null || volumes.has(keyOf(need)) || volumes.size >= volumesMax || budget.leftMs() <= 0) continue
    const asked = { query: queryOfNeed(need), cluster, level: need.level, window }
    volumes.set(keyOf(need), await projectedVolume({ store, items: segmentItems, scope, budget }, asked))
  }
  return volumes
}

function toldOf(coverage: RuleCoverage, need: AuditNeed | null, volumes: Volumes) {
  const { rule, evaluated, matched, insufficient, errors, lacks } = coverage
  const volume = need === null ? undefined : volumes.get(keyOf(need))
  return {
    name: rule.name,
    version: rule.version,
    title: rule.told.title,
    severity: rule.told.severity,
    status: ruleStatus(coverage),
    evaluated,
    matched,
    insufficient,
    errors,
    because: lacks.map(({ what, because, isError, count, example }) => ({
      what,
      because,
      is_error: isError,
      count,
      example,
    })),
    mend:
      need === null
        ? null
        : {
            policy: yamlOf(neededPolicy([need])),
            caution: namesSecrets(need) ? secretsCaution : null,
            volume: volume
              ? { events_a_day: volume.eventsADay, bytes_a_day: volume.bytesADay, size: volume.size }
              : null,
          },
  }
}
