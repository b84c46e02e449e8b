// The commands, in the order in which help names them. Only what is run is loaded: that is most of how soon it starts.
import type { Command } from 'commander'
import type { RunCommand } from './session.ts'

type AddCommand = (program: Command, run: RunCommand) => void

export interface CommandEntry {
  readonly name: string
  readonly summary: string
  readonly load: () => Promise<AddCommand>
}

export const commands: readonly CommandEntry[] = [
  {
    name: 'who',
    summary: 'who changed an object, when, and how',
    load: async () => (await import('./commands/who.ts')).addWho,
  },
  {
    name: 'history',
    summary: 'what changed in an object, revision by revision',
    load: async () => (await import('./commands/history.ts')).addHistory,
  },
  {
    name: 'diff',
    summary: 'what changed in an object between two times',
    load: async () => (await import('./commands/diff.ts')).addDiff,
  },
  {
    name: 'blame',
    summary: 'who set each field of an object last',
    load: async () => (await import('./commands/blame.ts')).addBlame,
  },
  {
    name: 'get',
    summary: 'an object as it was at a time',
    load: async () => (await import('./commands/get.ts')).addGet,
  },
  {
    name: 'undo',
    summary: 'the kubectl command that takes a change back',
    load: async () => (await import('./commands/undo.ts')).addUndo,
  },
  {
    name: 'events',
    summary: 'the events that match',
    load: async () => (await import('./commands/events.ts')).addEvents,
  },
  { name: 'tail', summary: 'events as they come', load: async () => (await import('./commands/tail.ts')).addTail },
  { name: 'show', summary: 'one event in full', load: async () => (await import('./commands/show.ts')).addShow },
  {
    name: 'actor',
    summary: 'what is known of one who asked',
    load: async () => (await import('./commands/actor.ts')).addActor,
  },
  { name: 'actors', summary: 'who asked', load: async () => (await import('./commands/actors.ts')).addActors },
  {
    name: 'activity',
    summary: 'what one person did, stretch by stretch',
    load: async () => (await import('./commands/activity.ts')).addActivity,
  },
  {
    name: 'sessions',
    summary: 'shells and other connections, open or ended',
    load: async () => (await import('./commands/sessions.ts')).addSessions,
  },
  {
    name: 'export',
    summary: 'the whole answer to a question as files',
    load: async () => (await import('./commands/export.ts')).addExport,
  },
  {
    name: 'query',
    summary: 'what a query means, and what may stand in it',
    load: async () => (await import('./commands/query.ts')).addQuery,
  },
  {
    name: 'findings',
    summary: 'what rules found, and what is made of it',
    load: async () => (await import('./commands/findings.ts')).addFindings,
  },
  {
    name: 'exceptions',
    summary: 'what is not to count in what rules find',
    load: async () => (await import('./commands/exceptions.ts')).addExceptions,
  },
  {
    name: 'coverage',
    summary: 'which rules can judge what a cluster sends',
    load: async () => (await import('./commands/coverage.ts')).addCoverage,
  },
  {
    name: 'controls',
    summary: 'what rules found about a control of a framework',
    load: async () => (await import('./commands/controls.ts')).addControls,
  },
  {
    name: 'rules',
    summary: 'what is worth knowing: rules on the server and in files',
    load: async () => (await import('./commands/rules.ts')).addRules,
  },
  {
    name: 'audit',
    summary: 'what was done here, and by whom',
    load: async () => (await import('./commands/audit.ts')).addAudit,
  },
  {
    name: 'falco',
    summary: "rules from Falco's files, and back",
    load: async () => (await import('./commands/falco.ts')).addFalco,
  },
  {
    name: 'sigma',
    summary: "rules from Sigma's files, and back",
    load: async () => (await import('./commands/sigma.ts')).addSigma,
  },
  {
    name: 'cluster',
    summary: 'connect clusters',
    load: async () => (await import('./commands/cluster.ts')).addCluster,
  },
  { name: 'token', summary: 'who may ask', load: async () => (await import('./commands/token.ts')).addToken },
  { name: 'ingest', summary: 'send log files', load: async () => (await import('./commands/ingest.ts')).addIngest },
  {
    name: 'quarantine',
    summary: 'what could not be read',
    load: async () => (await import('./commands/quarantine.ts')).addQuarantine,
  },
  {
    name: 'notices',
    summary: 'what the server has to tell',
    load: async () => (await import('./commands/notices.ts')).addNotices,
  },
  {
    name: 'jobs',
    summary: 'what the server could not do',
    load: async () => (await import('./commands/jobs.ts')).addJobs,
  },
  {
    name: 'context',
    summary: 'which server is asked',
    load: async () => (await import('./commands/context.ts')).addContext,
  },
  { name: 'login', summary: 'keep a token', load: async () => (await import('./commands/login.ts')).addLogin },
  { name: 'logout', summary: 'forget a token', load: async () => (await import('./commands/logout.ts')).addLogout },
  {
    name: 'whoami',
    summary: 'which server and token are used, and why',
    load: async () => (await import('./commands/whoami.ts')).addWhoami,
  },
  { name: 'api', summary: 'one request to the API', load: async () => (await import('./commands/api.ts')).addApi },
  {
    name: 'completion',
    summary: 'what a shell needs to complete commands',
    load: async () => (await import('./commands/completion.ts')).addCompletion,
  },
  {
    name: 'version',
    summary: 'the versions of this program and of the server',
    load: async () => (await import('./commands/version.ts')).addVersion,
  },
]
