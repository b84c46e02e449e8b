// When an API server loses events, when it makes its clients wait for them, and where it counts them.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isNewestLab, testLabs } from '../lab-for-tests.ts'
import { itemsOf, observe, quietPolicy, until, type Observed } from './observe.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'

describe.each(testLabs())('Kubernetes $version', (tools) => {
  let lab: Observed

  beforeAll(async () => {
    lab = await observe(tools)
  })
  afterAll(() => lab[Symbol.asyncDispose]())

  const eventsHere = (auditID: string) => lab.events().filter((event) => event.auditID === auditID)
  const postsWith = (auditID: string) =>
    lab.recorder.posts.filter(({ body }) => itemsOf(body).some((event) => event.auditID === auditID))
  const read = () => lab.send({ method: 'GET', path: configMaps })

  test('SIGTERM: what waits in memory is posted before the API server ends', async () => {
    await lab.restart(['--audit-webhook-batch-max-wait=1h'])
    const { auditID } = await read()
    expect(eventsHere(auditID)).toEqual([])
    await lab.restart()
    expect(eventsHere(auditID).map(({ stage }) => stage)).toEqual(['RequestReceived', 'ResponseComplete'])
  })

  test('SIGKILL: what waits in memory is lost, and nothing counts it', async () => {
    await lab.restart(['--audit-webhook-batch-max-wait=1h'])
    const { auditID } = await read()
    await lab.restart([], 'SIGKILL')
    await lab.lastEventOf({ method: 'GET', path: configMaps })
    expect(eventsHere(auditID)).toEqual([])
    expect((await lab.plane.metrics()).errors).toEqual({})
  })

  test('a full buffer: what does not fit is lost at once, and counted; apiserver_audit_event_total counts it too', async () => {
    await lab.restart([
      '--audit-webhook-batch-buffer-size=10',
      '--audit-webhook-batch-max-size=1',
      '--audit-webhook-batch-throttle-qps=20',
      '--audit-webhook-batch-throttle-burst=1',
    ])
    const before = (await lab.plane.metrics()).events
    const sent = await Promise.all(Array.from({ length: 60 }, read))
    const here = () => sent.flatMap(({ auditID }) => eventsHere(auditID)).length
    const { events, errors } = await lab.plane.metrics()
    const { buffered = 0 } = errors
    expect(events - before).toBe(2 * sent.length)
    expect(errors).toEqual({ buffered })
    expect(buffered).toBeGreaterThan(0)
    await until(() => here() + buffered === 2 * sent.length, 'what is not lost')
  })

  test('blocking: each event is a list of its own, posted before the client has its answer', async () => {
    await lab.restart(['--audit-webhook-mode=blocking'])
    const { auditID } = await read()
    expect(postsWith(auditID).map(({ body }) => itemsOf(body).map(({ stage }) => stage))).toEqual([
      ['RequestReceived'],
      ['ResponseComplete'],
    ])
  })

  if (isNewestLab(tools))
    test('blocking: where the receiver refuses, the client waits for every attempt and has its answer all the same', async () => {
      await lab.restart(['--audit-webhook-mode=blocking', '--audit-webhook-initial-backoff=50ms'])
      lab.recorder.answerWith(() => ({ status: 500 }))
      try {
        const { auditID, status } = await read()
        expect(status).toBe(200)
        expect(postsWith(auditID)).toHaveLength(10)
        expect((await lab.plane.metrics()).errors).toEqual({ webhook: 2 })
      } finally {
        lab.recorder.answerWith(() => ({ status: 200 }))
      }
    })

  if (isNewestLab(tools))
    test('blocking-strict: a request whose RequestReceived cannot be posted is answered 500 and not done', async () => {
      await lab.restart(['--audit-webhook-mode=blocking-strict', '--audit-webhook-initial-backoff=50ms'])
      lab.recorder.answerWith(() => ({ status: 500 }))
      try {
        const refused = await lab.send({ method: 'POST', path: configMaps, body: { metadata: { name: 'strict' } } })
        expect(refused.status).toBe(500)
        expect(refused.body).toContain('failed to store audit event')
        expect(postsWith(refused.auditID).flatMap(({ body }) => itemsOf(body).map(({ stage }) => stage))).toEqual(
          Array.from({ length: 5 }, () => 'RequestReceived'),
        )
      } finally {
        lab.recorder.answerWith(() => ({ status: 200 }))
      }
      expect((await lab.send({ method: 'GET', path: `${configMaps}/strict` })).status).toBe(404)
      const metrics = await lab.send({ method: 'GET', path: '/metrics' })
      expect(metrics.body).toMatch(/^apiserver_audit_requests_rejected_total 1$/m)
    })

  if (isNewestLab(tools))
    test('blocking-strict without RequestReceived refuses nothing', async () => {
      const policy = await lab.write('policy.json', quietPolicy(undefined, { omitStages: ['RequestReceived'] }))
      await lab.restart([
        '--audit-webhook-mode=blocking-strict',
        '--audit-webhook-initial-backoff=50ms',
        `--audit-policy-file=${policy}`,
      ])
      lab.recorder.answerWith(() => ({ status: 500 }))
      try {
        const { status } = await lab.send({ method: 'POST', path: configMaps, body: { metadata: { name: 'lax' } } })
        expect(status).toBe(201)
        expect((await lab.plane.metrics()).errors).toEqual({ webhook: 1 })
      } finally {
        lab.recorder.answerWith(() => ({ status: 200 }))
      }
    })
})
