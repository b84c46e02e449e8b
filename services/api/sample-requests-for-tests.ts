// One request or more for every route: tests hold their real answers against the document. A new route adds a line.

import { ruleText } from '@plaintrail/store/findings-for-tests'

export interface SampleIds {
  readonly event: string
  /** Of an event that has other stages and a named object. */
  readonly history: string
  /** Of one that is known to have changed its object. */
  readonly changed: string
  /** Of that object: what stands before `/history`. */
  readonly changedObject: string
  readonly deadJob: string
  /** Of one that is done. */
  readonly export: string
  /** Of back-tests, of which one is done, and another may be cancelled. */
  readonly backtest: string
  readonly unwantedBacktest: string
  /** Of one that may be cancelled. */
  readonly unwantedExport: string
  /** Of one that may be revoked. */
  readonly unwantedToken: string
  readonly cursor: string
  readonly finding: string
  readonly rule: string
}

export interface Sample {
  readonly path: string
  /** A text goes as YAML. */
  readonly body?: unknown
  readonly status?: number
}

const everything = 'since=2014-01-01&until=2100-01-01'

/** By operationId. */
export const sampleRequests: Readonly<Record<string, (ids: SampleIds) => readonly Sample[]>> = {
  getEvents: ({ cursor }) => [
    { path: `/v1/events?${everything}&limit=1000&include=raw,total,changes,findings` },
    { path: `/v1/events?${everything}&limit=1000&order=asc` },
    { path: `/v1/events?${everything}&q=-changed:*` },
    { path: '/v1/events' },
    { path: `/v1/events?cursor=${cursor}` },
  ],
  postEventsSearch: () => [
    {
      path: '/v1/events/search',
      body: { q: 'is:write', since: '2014-01-01', until: '2100-01-01', include: ['total'] },
    },
  ],
  getEvent: ({ event }) => [{ path: `/v1/events/${event}` }],
  getClusterCoverage: () => [{ path: `/v1/clusters/east/coverage?since=2026-11-01` }],
  getControls: () => [{ path: '/v1/controls' }],
  getControl: () => [{ path: '/v1/controls/pci:10.2.1.2' }],
  getEventRaw: ({ event }) => [{ path: `/v1/events/${event}/raw` }],
  getObjectHistory: ({ history }) => [{ path: history }, { path: `${history}?limit=1&include=raw` }],
  getObjectRevisions: ({ history, changedObject }) => [
    { path: history.replace(/history$/, 'revisions?all=true') },
    { path: `${changedObject}/revisions?limit=1` },
    { path: `${changedObject}/revisions?all=true` },
  ],
  getObjectAt: ({ history, changedObject, changed }) => [
    { path: history.replace(/history$/, 'at') },
    { path: `${changedObject}/at?time=${changed}` },
    { path: `${changedObject}/at?time=${changed}&format=yaml` },
  ],
  getObjectBlame: ({ history, changedObject, changed }) => [
    { path: history.replace(/history$/, 'blame') },
    { path: `${changedObject}/blame?at=${changed}&noise=true` },
  ],
  getObjectDiff: ({ history, changedObject, changed }) => [
    { path: history.replace(/history$/, 'diff?noise=true') },
    { path: `${changedObject}/diff?to=${changed}` },
    { path: `${changedObject}/diff?to=${changed}&format=diff&noise=true` },
  ],
  getObjectUndo: ({ event, history, changedObject, changed }) => [
    { path: history.replace(/history$/, `undo?event=${event}`) },
    { path: `${changedObject}/undo?event=${changed}` },
  ],
  getQueriesExplain: () => [
    { path: '/v1/queries/explain' },
    {
      path: `/v1/queries/explain?${new URLSearchParams({ q: '(actor:a* OR -ns:b) took:>1s "free text"' }).toString()}`,
    },
  ],
  getQueriesComplete: () => [
    { path: '/v1/queries/complete' },
    { path: '/v1/queries/complete?q=actor:' },
    { path: '/v1/queries/complete?q=verb:&pos=5' },
  ],
  // Without a mistake it would not end.
  getEventsStream: () => [{ path: '/v1/events/stream?since=never', status: 400 }],
  getEventsFacets: () => [
    { path: `/v1/events/facets?${everything}` },
    { path: `/v1/events/facets?${everything}&q=is:write&fields=as,ip,code&limit=1` },
  ],
  getEventsHistogram: () => [
    { path: '/v1/events/histogram?since=30d&by=outcome' },
    { path: '/v1/events/histogram?interval=1m' },
  ],
  getEventNeighbors: ({ event }) => [{ path: `/v1/events/${event}/neighbors?by=cluster&window=1d` }],
  getObjects: () => [{ path: `/v1/objects?${everything}` }, { path: `/v1/objects?${everything}&limit=1` }],
  getActors: () => [{ path: `/v1/actors?${everything}` }, { path: `/v1/actors?${everything}&type=human&limit=1` }],
  getActor: () => [{ path: `/v1/actors/alice@acme.example?${everything}` }],
  getActorFirsts: () => [{ path: `/v1/actors/alice@acme.example/firsts?${everything}` }],
  getActorActivity: () => [
    { path: `/v1/actors/alice@acme.example/activity?${everything}` },
    { path: `/v1/actors/alice@acme.example/activity?${everything}&q=is:write&limit=1` },
  ],
  getSessions: () => [
    { path: `/v1/sessions?${everything}` },
    { path: `/v1/sessions?${everything}&state=ended&limit=1` },
  ],
  postExports: () => [
    { path: '/v1/exports', body: { format: 'csv' }, status: 202 },
    {
      path: '/v1/exports',
      body: { q: 'is:write', since: '2014-01-01', format: 'ocsf', include_raw: true },
      status: 202,
    },
  ],
  getExports: () => [{ path: '/v1/exports' }, { path: '/v1/exports?limit=1' }],
  getExport: ({ export: id }) => [{ path: `/v1/exports/${id}` }],
  getExportPart: ({ export: id }) => [{ path: `/v1/exports/${id}/parts/1` }],
  getExportManifest: ({ export: id }) => [{ path: `/v1/exports/${id}/manifest` }],
  deleteExport: ({ unwantedExport: id }) => [{ path: `/v1/exports/${id}` }],
  postBacktests: ({ rule }) => [
    { path: '/v1/backtests', body: { rule }, status: 202 },
    { path: '/v1/backtests', body: { text: ruleText('tried'), since: '7d', cluster: 'east' }, status: 202 },
  ],
  getBacktest: ({ backtest: id }) => [{ path: `/v1/backtests/${id}` }],
  deleteBacktest: ({ unwantedBacktest: id }) => [{ path: `/v1/backtests/${id}` }],
  getRules: () => [{ path: '/v1/rules' }, { path: '/v1/rules?limit=1' }],
  getRule: ({ rule }) => [
    { path: `/v1/rules/${rule}` },
    { path: `/v1/rules/${rule}?version=1` },
    { path: `/v1/rules/${rule}?format=yaml` },
  ],
  getRuleExplain: ({ rule, event, changed }) => [
    { path: `/v1/rules/${rule}/explain?event=${event}` },
    { path: `/v1/rules/${rule}/explain?event=${changed}&version=1` },
  ],
  getRuleVersions: ({ rule }) => [{ path: `/v1/rules/${rule}/versions` }],
  putRule: ({ rule }) => [
    { path: '/v1/rules/new-rule', body: ruleText('new-rule'), status: 201 },
    { path: `/v1/rules/${rule}`, body: ruleText(rule, { title: 'Another title' }) },
  ],
  deleteRule: () => [{ path: '/v1/rules/new-rule' }],
  postRulesValidate: () => [
    { path: '/v1/rules/validate', body: ruleText('new-rule') },
    { path: '/v1/rules/validate', body: 'kind: Rule\nspec: {a: [}' },
  ],
  getFindings: () => [
    { path: '/v1/findings?shadow=true&sort=opened&limit=1' },
    { path: '/v1/findings' },
    { path: '/v1/findings?limit=1&severity=>=info&sort=opened' },
  ],
  getFinding: ({ finding }) => [{ path: `/v1/findings/${finding}` }],
  patchFinding: ({ finding }) => [
    { path: `/v1/findings/${finding}`, body: { assignee: 'alice' } },
    {
      path: `/v1/findings/${finding}`,
      body: { state: 'ignored', reason: 'expected', comment: 'a test', until: { events: 3 } },
    },
    { path: `/v1/findings/${finding}`, body: { state: 'acknowledged' } },
  ],
  postFindingComments: ({ finding }) => [
    { path: `/v1/findings/${finding}/comments`, body: { comment: 'seen' }, status: 201 },
  ],
  postFindingsBulk: ({ finding }) => [
    { path: '/v1/findings/bulk', body: { findings: [{ id: finding, tag: '"0"' }], state: 'acknowledged' } },
  ],
  getAudit: ({ finding }) => [{ path: '/v1/audit' }, { path: `/v1/audit?vio=${finding}&actor=t*&limit=1` }],
  postExceptions: ({ rule }) => [
    { path: '/v1/exceptions', body: { rule, match: 'actor:nobody', reason: 'a test' }, status: 201 },
  ],
  getExceptions: () => [{ path: '/v1/exceptions' }, { path: '/v1/exceptions?holds=true&limit=1' }],
  getException: () => [{ path: '/v1/exceptions/exc_1' }],
  deleteException: () => [{ path: '/v1/exceptions/exc_1' }],
  getClusters: () => [{ path: '/v1/clusters' }],
  getCluster: () => [{ path: '/v1/clusters/east' }, { path: '/v1/clusters/quiet' }],
  postClusters: () => [
    { path: '/v1/clusters', body: { name: 'by-token' }, status: 201 },
    { path: '/v1/clusters', body: { name: 'by-certificate', credential: 'certificate' }, status: 201 },
  ],
  getTokens: () => [{ path: '/v1/tokens' }],
  getToken: () => [{ path: '/v1/tokens/current' }],
  postTokens: () => [
    { path: '/v1/tokens', body: { name: 'carol' }, status: 201 },
    { path: '/v1/tokens', body: { name: 'dave', expires_at: '2100-01-01T00:00:00Z' }, status: 201 },
  ],
  deleteToken: ({ unwantedToken: id }) => [{ path: `/v1/tokens/${id}` }, { path: `/v1/tokens/${id}` }],
  getQuarantine: () => [{ path: '/v1/quarantine' }, { path: '/v1/quarantine?bytes=true' }],
  getNotices: () => [{ path: '/v1/notices' }],
  getJobs: () => [{ path: '/v1/jobs' }],
  postJobRetry: ({ deadJob }) => [{ path: `/v1/jobs/${deadJob}/retry`, status: 202 }],
  getVersion: () => [{ path: '/v1/version' }],
  getOpenapiJson: () => [{ path: '/v1/openapi.json' }],
  getReference: () => [{ path: '/v1/reference' }],
  getHealthz: () => [{ path: '/healthz' }],
  getReadyz: () => [{ path: '/readyz' }],
  getMetrics: () => [{ path: '/metrics' }],
}
