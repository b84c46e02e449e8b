// A policy records all that was needed, each request by the first rule that matches it, and nothing twice.
import { queryText } from '@plaintrail/query/normal-form'
import { expect, test } from 'vitest'
import type { AuditNeed } from './audit-need.ts'
import { namesSecrets, neededPolicy, queryOfNeed } from './needed-policy.ts'

const need = (
  level: AuditNeed['level'],
  resources: readonly string[] | null,
  more: Partial<AuditNeed> = {},
): AuditNeed => ({
  level,
  verbs: ['create', 'update'],
  resources:
    resources?.map((text) => ({ group: text.split('/')[0] ?? '', resource: text.split('/').slice(1).join('/') })) ??
    null,
  namespaces: null,
  ...more,
})

test('needs of the same verbs are one rule, and what a deeper one records is in no other', () => {
  const policy = neededPolicy([
    need('Request', ['/pods']),
    need('Request', ['apps/deployments', '/pods']),
    need('RequestResponse', ['/pods/ephemeralcontainers', '/pods']),
    need('RequestResponse', ['/pods']),
  ])
  expect(policy).toEqual([
    {
      level: 'RequestResponse',
      verbs: ['create', 'update'],
      resources: [{ group: '', resources: ['pods', 'pods/ephemeralcontainers'] }],
      omitStages: ['RequestReceived'],
    },
    {
      level: 'Request',
      verbs: ['create', 'update'],
      resources: [
        { group: '', resources: ['pods'] },
        { group: 'apps', resources: ['deployments'] },
      ],
      omitStages: ['RequestReceived'],
    },
  ])
})

test('the same need twice is there once', () => {
  expect(neededPolicy([need('Request', ['/pods']), need('Request', ['/pods'])])).toHaveLength(1)
})

test('a need of everything takes in the others of its level', () => {
  const all = need('RequestResponse', null, { verbs: null })
  expect(neededPolicy([need('Request', ['/pods']), all])).toEqual([
    {
      level: 'Metadata',
      resources: [
        { group: '', resources: ['secrets', 'configmaps', 'serviceaccounts/token'] },
        { group: 'authentication.k8s.io', resources: ['tokenreviews'] },
      ],
      omitStages: ['RequestReceived'],
    },
    { level: 'RequestResponse', omitStages: ['RequestReceived'] },
  ])
})

test('what names secrets is told, and only where their bodies would be recorded', () => {
  expect(namesSecrets(need('Request', ['/pods', '/secrets']))).toBe(true)
  expect(namesSecrets(need('Request', ['/serviceaccounts/token']))).toBe(true)
  expect(namesSecrets(need('Metadata', ['/secrets']))).toBe(false)
  expect(namesSecrets(need('Request', ['/pods', 'example.com/secrets']))).toBe(false)
})

test('other verbs and namespaces stay apart', () => {
  const apart = neededPolicy([
    need('Request', ['/pods']),
    need('Request', ['/pods'], { verbs: ['patch'], namespaces: ['shop'] }),
  ])
  expect(apart).toHaveLength(2)
})

test('what it is about can be counted', () => {
  expect(queryText(queryOfNeed(need('Request', ['apps/deployments', '/pods/exec'], { namespaces: ['shop'] })))).toBe(
    'verb:create,update ns:shop ((kind:deployments.apps sub:"") OR (kind:pods sub:exec))',
  )
  expect(queryText(queryOfNeed(need('Request', null, { verbs: null })))).toBe('')
})
