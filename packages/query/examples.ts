// examples: ten questions that people ask, as they ask them. The console offers them, docs/query.md shows them.

export interface Example {
  readonly question: string
  readonly query: string
}

export const examples: readonly Example[] = [
  { question: 'What changed last on this deployment?', query: 'obj:deploy/api ns:prod is:write' },
  {
    question: 'What did Alice patch, not counting Argo CD?',
    query: 'actor:alice verb:patch ns:prod -user-agent:argocd',
  },
  {
    question: 'Who deleted anything in prod since yesterday?',
    query: 'verb:delete,deletecollection ns:prod after:-1d',
  },
  {
    question: 'Which people read secrets in prod this month?',
    query: 'kind:secrets is:read is:human ns:prod after:-30d',
  },
  { question: 'Which calls of the CI accounts were denied?', query: 'actor:sa:ci/* is:denied' },
  { question: 'Who was inside a pod for more than ten minutes?', query: 'sub:exec,attach took:>10m' },
  {
    question: 'What came from outside the company network?',
    query: '-ip:10.0.0.0/8,2001:db8::/32 -is:node,controller',
  },
  { question: 'What changed on the day of the incident?', query: 'is:write -is:node,controller on:2026-11-20' },
  {
    question: 'Who gave out rights, or tried to?',
    query: 'is:write (kind:rolebindings,clusterrolebindings OR sub:token)',
  },
  { question: 'Who acted in the name of somebody else?', query: 'is:impersonated -as:system:*' },
]
