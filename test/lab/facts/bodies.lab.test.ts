// What requestObject and responseObject hold, by verb: the object, a patch, a list, a Status, or nothing.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testLabs } from '../lab-for-tests.ts'
import { observe, quietPolicy, until, type AuditEvent, type Observed } from './observe.ts'

const namespace = '/api/v1/namespaces/default'
const configMaps = `${namespace}/configmaps`
const deployments = '/apis/apps/v1/namespaces/default/deployments'
const pods = `${namespace}/pods`
const labels = { app: 'web' }
const podSpec = { containers: [{ name: 'web', image: 'web:1' }] }

const deployment = (name: string) => ({
  metadata: { name },
  spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: podSpec } },
})
const shown = (event: AuditEvent) => event.responseObject as Record<string, Record<string, unknown>>

describe.each(testLabs())('Kubernetes $version', (tools) => {
  const isOld = tools.version.startsWith('1.35.')
  let lab: Observed
  let create: (path: string, body: unknown) => Promise<AuditEvent>

  beforeAll(async () => {
    lab = await observe(tools)
    create = (path, body) => lab.lastEventOf({ method: 'POST', path, body })
  })
  afterAll(() => lab[Symbol.asyncDispose]())

  test('a create’s requestObject is the object decoded: kind and defaults are there, what no kind has is gone', async () => {
    const event = await create(deployments, { ...deployment('web'), nonsense: { a: 1 } })
    expect(event.requestObject).toMatchObject({
      kind: 'Deployment',
      apiVersion: 'apps/v1',
      metadata: { name: 'web' },
      spec: {
        replicas: 1,
        revisionHistoryLimit: 10,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
        template: {
          spec: { restartPolicy: 'Always', containers: [{ terminationMessagePath: '/dev/termination-log' }] },
        },
      },
      status: {},
    })
    expect(event.requestObject).not.toHaveProperty('nonsense')
    const { metadata } = event.requestObject as { readonly metadata: object }
    expect(metadata).not.toHaveProperty('namespace')
    expect(metadata).not.toHaveProperty('uid')
    expect(metadata).not.toHaveProperty('creationTimestamp')
    expect(shown(event)['metadata']).toMatchObject({ name: 'web', namespace: 'default', uid: expect.any(String) })
  })

  test('of a create by generateName only the answer has the name', async () => {
    const event = await create(configMaps, { metadata: { generateName: 'made-' } })
    expect(event.objectRef).toEqual({ resource: 'configmaps', namespace: 'default', apiVersion: 'v1' })
    expect(event.requestObject).toMatchObject({ metadata: { generateName: 'made-' } })
    expect(event.responseObject).toMatchObject({ metadata: { name: expect.stringMatching(/^made-\w{5}$/) } })
  })

  test('uid and resourceVersion of objectRef are what the client believed', async () => {
    const made = shown(await create(configMaps, { metadata: { name: 'believed' } }))['metadata']
    const body = { metadata: { name: 'believed', uid: made?.['uid'], resourceVersion: made?.['resourceVersion'] } }
    const event = await lab.lastEventOf({
      method: 'PUT',
      path: `${configMaps}/believed`,
      body: { ...body, data: { a: '1' } },
    })
    expect(event.objectRef).toMatchObject({ uid: made?.['uid'], resourceVersion: made?.['resourceVersion'] })
    expect(shown(event)['metadata']?.['resourceVersion']).not.toBe(made?.['resourceVersion'])
  })

  test('a PUT does not create, where the resource is none of the few that may', async () => {
    const event = await lab.lastEventOf({
      method: 'PUT',
      path: `${configMaps}/put`,
      body: { metadata: { name: 'put' } },
    })
    expect(event).toMatchObject({ verb: 'update', responseStatus: { code: 404 } })
    const lease = '/apis/coordination.k8s.io/v1/namespaces/default/leases/put'
    const made = await lab.lastEventOf({ method: 'PUT', path: lease, body: { metadata: { name: 'put' } } })
    expect(made).toMatchObject({ verb: 'update', responseStatus: { code: 201 } })
  })

  test('an update that changes nothing has the resourceVersion of before', async () => {
    const made = shown(await create(configMaps, { metadata: { name: 'same' }, data: { a: '1' } }))
    const event = await lab.lastEventOf({ method: 'PUT', path: `${configMaps}/same`, body: made })
    expect(shown(event)['metadata']?.['resourceVersion']).toBe(made['metadata']?.['resourceVersion'])
  })

  test('a dry run answers 201 with the whole object, and nothing is there', async () => {
    const event = await create(`${configMaps}?dryRun=All`, { metadata: { name: 'dry' } })
    expect(event).toMatchObject({
      requestURI: `${configMaps}?dryRun=All`,
      responseStatus: { code: 201 },
      responseObject: { metadata: { name: 'dry', uid: expect.any(String) } },
    })
    expect((await lab.send({ method: 'GET', path: `${configMaps}/dry` })).status).toBe(404)
  })

  test('a delete answers Status with the uid, and has DeleteOptions only where the client sent a body', async () => {
    const made = shown(await create(configMaps, { metadata: { name: 'gone' } }))['metadata']
    const event = await lab.lastEventOf({
      method: 'DELETE',
      path: `${configMaps}/gone`,
      body: { kind: 'DeleteOptions', apiVersion: 'v1', propagationPolicy: 'Background' },
    })
    // Whatever version the client named.
    expect(event.requestObject).toEqual({
      kind: 'DeleteOptions',
      apiVersion: 'meta.k8s.io/__internal',
      propagationPolicy: 'Background',
    })
    expect(event.responseObject).toMatchObject({
      kind: 'Status',
      status: 'Success',
      details: { name: 'gone', kind: 'configmaps', uid: made?.['uid'] },
    })
    expect(event.responseStatus).toMatchObject({ status: 'Success', code: 200, details: { uid: made?.['uid'] } })
    await create(configMaps, { metadata: { name: 'gone-too' } })
    const bare = await lab.lastEventOf({
      method: 'DELETE',
      path: `${configMaps}/gone-too?propagationPolicy=Background`,
    })
    expect(bare).not.toHaveProperty('requestObject')
  })

  test('a delete that a finalizer holds up answers the object; the patch that ends it is no delete', async () => {
    await create(configMaps, { metadata: { name: 'held', finalizers: ['example.com/hold'] } })
    const deleted = await lab.lastEventOf({ method: 'DELETE', path: `${configMaps}/held` })
    expect(deleted).toMatchObject({
      responseStatus: { code: 200 },
      responseObject: { kind: 'ConfigMap', metadata: { deletionTimestamp: expect.any(String) } },
    })
    const ended = await lab.lastEventOf({
      method: 'PATCH',
      path: `${configMaps}/held`,
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { metadata: { finalizers: null } },
    })
    expect(ended).toMatchObject({
      verb: 'patch',
      responseObject: { metadata: { deletionTimestamp: expect.any(String) } },
    })
    expect(shown(ended)['metadata']).not.toHaveProperty('finalizers')
    expect((await lab.send({ method: 'GET', path: `${configMaps}/held` })).status).toBe(404)
  })

  test('a pod’s delete answers the pod, even where it is gone at once', async () => {
    await create(pods, { metadata: { name: 'pod' }, spec: podSpec })
    const event = await lab.lastEventOf({ method: 'DELETE', path: `${pods}/pod` })
    expect(event).toMatchObject({ verb: 'delete', responseStatus: { code: 200 }, responseObject: { kind: 'Pod' } })
    expect((await lab.send({ method: 'GET', path: `${pods}/pod` })).status).toBe(404)
  })

  test('an eviction deletes the pod, answers Status, and no delete comes after it', async () => {
    await create(pods, { metadata: { name: 'evicted' }, spec: podSpec })
    const event = await create(`${pods}/evicted/eviction`, {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'evicted' },
    })
    expect(event).toMatchObject({
      verb: 'create',
      objectRef: { resource: 'pods', subresource: 'eviction', name: 'evicted' },
      requestObject: { kind: 'Eviction' },
      responseObject: { kind: 'Status', status: 'Success' },
      responseStatus: { code: 201 },
    })
    expect((await lab.send({ method: 'GET', path: `${pods}/evicted` })).status).toBe(404)
    await lab.lastEventOf({ method: 'GET', path: pods })
    const deletes = lab.events().filter(({ verb, objectRef }) => verb === 'delete' && objectRef?.['name'] === 'evicted')
    expect(deletes).toEqual([])
  })

  test('a deletecollection is one event with the list of what it deleted, and no name', async () => {
    for (const name of ['one', 'two']) await create(configMaps, { metadata: { name, labels: { of: 'many' } } })
    const event = await lab.lastEventOf({ method: 'DELETE', path: `${configMaps}?labelSelector=of%3Dmany` })
    expect(event).toMatchObject({
      verb: 'deletecollection',
      requestURI: `${configMaps}?labelSelector=of%3Dmany`,
      responseObject: { kind: 'ConfigMapList', items: [{ metadata: { name: 'one' } }, { metadata: { name: 'two' } }] },
    })
    expect(event.objectRef).not.toHaveProperty('name')
    const { items } = event.responseObject as { readonly items: readonly object[] }
    for (const item of items) expect(item).not.toHaveProperty('kind')
    const others = lab.events().filter(({ verb, objectRef }) => verb === 'delete' && objectRef?.['name'] === 'one')
    expect(others).toEqual([])
  })

  test('scale shows a Scale both ways, and the parent only by name and uid', async () => {
    const made = shown(await create(deployments, deployment('scaled')))['metadata']
    const event = await lab.lastEventOf({
      method: 'PATCH',
      path: `${deployments}/scaled/scale`,
      headers: { 'content-type': 'application/merge-patch+json' },
      body: { spec: { replicas: 5 } },
    })
    expect(event).toMatchObject({
      verb: 'patch',
      objectRef: { resource: 'deployments', subresource: 'scale', name: 'scaled' },
      requestObject: { spec: { replicas: 5 } },
      responseObject: {
        kind: 'Scale',
        apiVersion: 'autoscaling/v1',
        metadata: { uid: made?.['uid'] },
        spec: { replicas: 5 },
      },
    })
  })

  test('a reader who asks for a Table is answered one, and so is the event', async () => {
    const table = await lab.lastEventOf({
      method: 'GET',
      path: configMaps,
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    })
    expect(table).toMatchObject({ verb: 'list', responseObject: { kind: 'Table', apiVersion: 'meta.k8s.io/v1' } })
    const partial = await lab.lastEventOf({
      method: 'GET',
      path: configMaps,
      headers: { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' },
    })
    expect(partial).toMatchObject({ responseObject: { kind: 'PartialObjectMetadataList' } })
  })

  test('a client that speaks protobuf has JSON in its event', async () => {
    const event = await lab.lastEventOf({
      method: 'GET',
      path: `${configMaps}/same`,
      headers: { accept: 'application/vnd.kubernetes.protobuf' },
    })
    expect(event.responseObject).toMatchObject({ kind: 'ConfigMap', metadata: { name: 'same' } })
  })

  test('a refusal’s responseObject is the Status, and requestObject what was tried', async () => {
    const event = await create(configMaps, { metadata: { name: 'Not A Name' } })
    expect(event).toMatchObject({
      objectRef: { name: 'Not A Name' },
      requestObject: { kind: 'ConfigMap', metadata: { name: 'Not A Name' } },
      responseStatus: { status: 'Failure', reason: 'Invalid', code: 422 },
      responseObject: { kind: 'Status', reason: 'Invalid' },
      annotations: { 'authorization.k8s.io/decision': 'allow' },
    })
  })

  test('omitManagedFields takes managedFields out of bodies, lists included', async () => {
    const rules = [{ level: 'RequestResponse' }]
    const policy = await lab.write('policy.json', quietPolicy(rules, { omitManagedFields: true }))
    const read = { method: 'GET', path: configMaps }
    const before = JSON.stringify((await lab.lastEventOf(read)).responseObject)
    await lab.restart([`--audit-policy-file=${policy}`])
    const after = JSON.stringify((await lab.lastEventOf(read)).responseObject)
    expect(before).toContain('managedFields')
    expect(after).toContain('"name":"same"')
    expect(after).not.toContain('managedFields')
  })

  describe('patches', () => {
    const patch = (name: string, contentType: string, body: unknown, query = '') =>
      lab.send({
        method: 'PATCH',
        path: `${configMaps}/${name}${query}`,
        headers: { 'content-type': contentType },
        body,
      })
    const applyType = 'application/apply-patch+yaml'
    const yaml = (name: string) =>
      `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}} # a comment\ndata: {a: "1"}\n`

    test('a JSON patch is an array, a merge patch an object, and nothing says which of the object kinds it is', async () => {
      await create(configMaps, { metadata: { name: 'patched' } })
      const operations = [{ op: 'add', path: '/data', value: { a: '1' } }]
      const json = await patch('patched', 'application/json-patch+json', operations)
      const merge = await patch('patched', 'application/merge-patch+json', { data: { a: '2' } })
      const strategic = await patch('patched', 'application/strategic-merge-patch+json', { data: { a: '2' } })
      expect((await lab.eventsOf(json.auditID)).at(-1)?.requestObject).toEqual(operations)
      const [one, two] = [(await lab.eventsOf(merge.auditID)).at(-1), (await lab.eventsOf(strategic.auditID)).at(-1)]
      expect(one?.requestObject).toEqual({ data: { a: '2' } })
      expect(Object.keys(two ?? {})).toEqual(Object.keys(one ?? {}))
      expect(JSON.stringify(two)).not.toContain('strategic-merge-patch')
    })

    test('an apply of what was not there is a patch answered 201', async () => {
      const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied' }, data: { a: '1' } }
      const { auditID } = await patch('applied', applyType, body, '?fieldManager=me&force=true')
      expect((await lab.eventsOf(auditID)).at(-1)).toMatchObject({
        verb: 'patch',
        objectRef: { name: 'applied' },
        requestURI: `${configMaps}/applied?fieldManager=me&force=true`,
        requestObject: body,
        responseStatus: { code: 201 },
      })
    })

    if (isOld)
      test('before 1.37 a YAML apply loses its list, with all that others did in it', async () => {
        await lab.restart(['--audit-webhook-batch-max-wait=2s', '--audit-webhook-initial-backoff=10ms'])
        const innocent = await lab.send({ method: 'GET', path: `${configMaps}/same` })
        const applied = await patch('by-yaml', applyType, yaml('by-yaml'), '?fieldManager=me')
        expect(applied.status).toBe(201)
        // RequestReceived and ResponseComplete of both.
        await until(
          async () => (await lab.plane.metrics()).errors['webhook'] === 4,
          'four events to be counted as lost',
        )
        const seen = lab.events().filter(({ auditID }) => [innocent.auditID, applied.auditID].includes(auditID))
        expect(seen).toEqual([])
      })

    if (isOld)
      test('before 1.37 a patch that is no JSON loses its list, though it is refused', async () => {
        await lab.restart(['--audit-webhook-batch-max-wait=2s', '--audit-webhook-initial-backoff=10ms'])
        const innocent = await lab.send({ method: 'GET', path: `${configMaps}/same` })
        const refused = await patch('same', 'application/merge-patch+json', '{"data": {')
        expect(refused.status).toBe(400)
        await until(
          async () => (await lab.plane.metrics()).errors['webhook'] === 4,
          'four events to be counted as lost',
        )
        expect(lab.events().filter(({ auditID }) => auditID === innocent.auditID)).toEqual([])
      })

    if (!isOld)
      test('from 1.37 on a YAML apply is JSON in the event', async () => {
        const { auditID } = await patch('by-yaml', applyType, yaml('by-yaml'), '?fieldManager=me')
        expect((await lab.eventsOf(auditID)).at(-1)).toMatchObject({
          requestObject: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'by-yaml' }, data: { a: '1' } },
          responseStatus: { code: 201 },
        })
      })

    if (!isOld)
      test('from 1.37 on a patch that is no JSON is left out of its event, which is there', async () => {
        const { auditID, status } = await patch('same', 'application/merge-patch+json', '{"data": {')
        expect(status).toBe(400)
        const event = (await lab.eventsOf(auditID)).at(-1)
        expect(event).toMatchObject({ verb: 'patch', responseStatus: { code: 400, reason: 'BadRequest' } })
        expect(event).not.toHaveProperty('requestObject')
      })
  })
})
