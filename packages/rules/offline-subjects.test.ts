import type { JsonObject } from '@plaintrail/history/json-values'
import { expect, test } from 'vitest'
import { OfflineSubjects } from './offline-subjects.ts'
import { readManifests } from './read-manifests.ts'
import { rawEvent } from './rules-for-tests.ts'
import { costlyParts, type Subject } from './subject.ts'

const web = (version: number, spec: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'web', namespace: 'shop', uid: 'u-1', resourceVersion: String(version) },
  spec,
})

const objectRef = { resource: 'services', apiVersion: 'v1', namespace: 'shop', name: 'web' }

const written = (verb: string, version: number, spec: JsonObject, more: JsonObject = {}): JsonObject =>
  rawEvent({
    verb,
    objectRef,
    auditID: `audit-${version}`,
    responseStatus: { code: verb === 'create' ? 201 : 200 },
    requestObject: web(version - 1, spec),
    responseObject: web(version, spec),
    ...more,
  })

function take(...events: readonly JsonObject[]): readonly (Subject | null)[] {
  const subjects = new OfflineSubjects({ cluster: 'c', parts: new Set(costlyParts) })
  return events.map((raw, index) => subjects.take(`event ${index}`, raw))
}

test('what a write changed is told from the events before it', () => {
  const [made, changed] = take(written('create', 1, { type: 'ClusterIP' }), written('update', 2, { type: 'NodePort' }))
  expect(made?.oldObject).toEqual({ isKnown: true, value: null })
  expect(changed?.oldObject).toMatchObject({ isKnown: true, value: { spec: { type: 'ClusterIP' } } })
  expect(changed?.changes).toEqual({
    isKnown: true,
    value: [{ path: 'spec.type', plain: 'spec.type', op: 'replace', from: 'ClusterIP', to: 'NodePort' }],
  })
})

test('what was before the first event of an object is not known', () => {
  const [changed] = take(written('update', 2, { type: 'NodePort' }))
  expect(changed?.oldObject).toEqual({ isKnown: false, because: 'what was before it was not seen' })
  expect(changed?.changes.isKnown).toBe(false)
})

test('a write that was missed makes the change unknown, and a read between shows what it made', () => {
  const generation = (of: number, version: number): JsonObject => ({
    ...web(version, { type: String(of) }),
    metadata: { name: 'web', namespace: 'shop', uid: 'u-1', resourceVersion: String(version), generation: of },
  })
  const bodies = (of: number, version: number): JsonObject => ({
    requestObject: undefined,
    responseObject: generation(of, version),
  })
  const [, missed] = take(written('create', 1, {}, bodies(1, 1)), written('update', 3, {}, bodies(3, 3)))
  expect(missed?.changes.isKnown).toBe(false)
  const read = written('get', 2, {}, bodies(2, 2))
  const [, , after] = take(written('create', 1, {}, bodies(1, 1)), read, written('update', 3, {}, bodies(3, 3)))
  expect(after?.oldObject).toMatchObject({ isKnown: true, value: { spec: { type: '2' } } })
})

test('events that are not in the order of their writes are not compared', () => {
  const [, , late] = take(written('create', 1, {}), written('update', 3, { a: 1 }), written('update', 2, { b: 1 }))
  expect(late?.changes).toMatchObject({ isKnown: false, because: expect.stringContaining('order') })
})

test('a patch whose answer was not recorded does not say what it changed', () => {
  const patch = written('patch', 2, {}, { level: 'Request', responseObject: undefined, requestObject: { spec: {} } })
  const [, patched] = take(written('create', 1, {}), patch)
  expect(patched?.changes).toMatchObject({ isKnown: false })
})

test('what was refused changed nothing', () => {
  const denied = { responseStatus: { code: 403 }, annotations: { 'authorization.k8s.io/decision': 'forbid' } }
  const [refused] = take(written('update', 2, {}, { ...denied, responseObject: undefined }))
  expect(refused?.changes).toEqual({ isKnown: true, value: [] })
})

test('a delete has the state before it', () => {
  const status = { kind: 'Status', apiVersion: 'v1', status: 'Success' }
  const gone = written('delete', 0, {}, { responseObject: status, responseStatus: { code: 200, status: 'Success' } })
  const [, deleted] = take(written('create', 1, { type: 'NodePort' }), gone)
  expect(deleted?.oldObject).toMatchObject({ isKnown: true, value: { spec: { type: 'NodePort' } } })
})

test('a person is behind what they did, and a controller is not known by itself', () => {
  const [byAlice, byController] = take(
    rawEvent(),
    rawEvent({ user: { username: 'system:serviceaccount:kube-system:replicaset-controller' } }),
  )
  expect(byAlice?.initiator).toEqual({ isKnown: true, value: { kind: 'person', name: 'alice', confidence: 'certain' } })
  expect(byController?.initiator.isKnown).toBe(false)
})

test('an auditID that comes again with other bytes is told, and one that is only repeated is not', () => {
  const [first, again, other] = take(rawEvent(), rawEvent(), rawEvent({ verb: 'delete' }))
  expect([first, again, other].map((subject) => subject?.isAuditIDReused)).toEqual([false, false, true])
})

test('what is no audit event is none', () => {
  expect(take({}, { kind: 'Pod' }, { auditID: 'a' })).toEqual([null, null, null])
})

test('what is nested deeper than any API server takes is no event, and no fault', () => {
  let deep: JsonObject = {}
  for (let level = 0; level < 100_000; level += 1) deep = { a: deep }
  expect(take(rawEvent({ responseObject: deep }), rawEvent())).toMatchObject([null, { cluster: 'c' }])
})

test('a manifest is the event of its creation', () => {
  const { events, errors } = readManifests(
    `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec: {template: {spec: {hostNetwork: true}}}
---
# nothing
---
apiVersion: v1
kind: List
items:
  - {apiVersion: v1, kind: Namespace, metadata: {name: shop}}
  - {apiVersion: acme.example/v1, kind: Policy, metadata: {name: a}}
---
just: a map
---
{{ .Values.broken }}
`,
  )
  expect(events.map(({ line, raw }) => [line, raw['requestURI']])).toEqual([
    [1, '/apis/apps/v1/namespaces/shop/deployments'],
    [8, '/api/v1/namespaces'],
    [8, '/apis/acme.example/v1/namespaces/default/policies'],
  ])
  expect(errors).toMatchObject([{ line: 16 }])
  const [subject] = take(...events.map(({ raw }) => raw))
  expect(subject).toMatchObject({ sentence: 'ci created deployment web in shop (kubectl)' })
  expect(subject?.event).toMatchObject({ level: 'RequestResponse', flags: { created: true } })
})
