// What `--audit-webhook-truncate-enabled` leaves of an event that is too large, and what it leaves out.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isNewestLab, testLabs } from '../lab-for-tests.ts'
import { itemsOf, observe, quietPolicy, until, type Observed } from './observe.ts'

const configMaps = '/api/v1/namespaces/default/configmaps'
const large = (name: string, bytes: number) => ({ metadata: { name }, data: { text: 'x'.repeat(bytes) } })

describe.each(testLabs())('Kubernetes $version', (tools) => {
  let lab: Observed

  beforeAll(async () => {
    lab = await observe(tools, { flags: truncating(4_000, 4_000) })
  })
  afterAll(() => lab[Symbol.asyncDispose]())

  const lost = async () => (await lab.plane.metrics()).errors
  /** Events come in order: once this one is there, those before it are, or never will be. */
  const settle = async () => {
    await lab.lastEventOf({ method: 'GET', path: `${configMaps}/none` })
  }

  test('an event that is too large comes without bodies and says so; its level still promises them', async () => {
    const event = await lab.lastEventOf({ method: 'POST', path: configMaps, body: large('large', 5_000) })
    expect(event).toMatchObject({
      level: 'RequestResponse',
      verb: 'create',
      objectRef: { name: 'large' },
      responseStatus: { code: 201 },
      annotations: { 'audit.k8s.io/truncated': 'true', 'authorization.k8s.io/decision': 'allow' },
    })
    expect(event).not.toHaveProperty('requestObject')
    expect(event).not.toHaveProperty('responseObject')
    expect(await lost()).toEqual({})
  })

  if (isNewestLab(tools))
    test('the size that a list may have splits none', async () => {
      await lab.restart([...truncating(4_000, 4_000), '--audit-webhook-batch-max-wait=1s'])
      const before = lab.recorder.posts.length
      const sent = await Promise.all(Array.from({ length: 10 }, () => lab.send({ method: 'GET', path: configMaps })))
      const lists = () => lab.recorder.posts.slice(before)
      await until(() => lists().flatMap(({ body }) => itemsOf(body)).length === 2 * sent.length, 'twenty events')
      expect(lists()).toHaveLength(1)
      expect(lists()[0]?.body.length).toBeGreaterThan(3 * 4_000)
    })

  test('an event that is too large without its bodies is lost and counted', async () => {
    await lab.restart(truncating(4_000, 4_000))
    const path = `${configMaps}?labelSelector=${'x'.repeat(30)}&pad=${'y'.repeat(4_000)}`
    const { auditID, status } = await lab.send({ method: 'GET', path })
    await settle()
    expect(status).toBe(200)
    expect(lab.events().filter((event) => event.auditID === auditID)).toEqual([])
    // RequestReceived and ResponseComplete.
    expect(await lost()).toEqual({ truncate: 2 })
  })

  test('with our flags, a client hides what it does behind a long Audit-ID', async () => {
    await lab.restart(truncating(163_840))
    const auditID = 'x'.repeat(163_840)
    const { status } = await lab.send({ auditID, method: 'POST', path: configMaps, body: large('hidden', 1) })
    await settle()
    expect(status).toBe(201)
    expect((await lab.send({ method: 'GET', path: `${configMaps}/hidden` })).status).toBe(200)
    expect(lab.events().filter(({ objectRef, verb }) => verb === 'create' && objectRef?.['name'] === 'hidden')).toEqual(
      [],
    )
    expect(lab.events().filter((event) => event.auditID === auditID)).toEqual([])
    expect(await lost()).toEqual({ truncate: 2 })
    // All that is left, where somebody keeps it.
    const log = await readFile(join(lab.plane.folder, 'logs/kube-apiserver.log'), 'utf8')
    const lines = log.replaceAll(auditID, 'LONG').split('\n')
    expect(lines.filter((line) => line.includes('AUDIT: id="LONG" stage="ResponseComplete"'))).toEqual([
      expect.stringContaining(` method="create" user="alice" `),
    ])
  })

  if (isNewestLab(tools))
    test('so does one who has no login', async () => {
      await lab.restart(truncating(163_840))
      const auditID = 'z'.repeat(163_840)
      const { status } = await lab.send({ as: { token: 'wrong' }, auditID, method: 'GET', path: configMaps })
      await settle()
      expect(status).toBe(401)
      expect(lab.events().filter((event) => event.auditID === auditID)).toEqual([])
      expect(await lost()).toEqual({ truncate: 1 })
    })

  if (isNewestLab(tools))
    test('without truncation the same event comes, with all of its Audit-ID', async () => {
      await lab.restart(['--audit-webhook-truncate-enabled=false'])
      const auditID = 'y'.repeat(163_840)
      const event = await lab.lastEventOf({ auditID, method: 'POST', path: configMaps, body: large('seen', 1) })
      expect(event).toMatchObject({ auditID, objectRef: { name: 'seen' } })
    })

  if (isNewestLab(tools))
    test('at level Metadata an event that is too large is lost too', async () => {
      const policy = await lab.write('policy.json', quietPolicy([{ level: 'Metadata' }]))
      await lab.restart([...truncating(4_000), `--audit-policy-file=${policy}`])
      const sent = await lab.send({ method: 'GET', path: `${configMaps}?pad=${'y'.repeat(4_000)}` })
      await settle()
      expect(lab.events().filter(({ auditID }) => auditID === sent.auditID)).toEqual([])
      expect(await lost()).toEqual({ truncate: 2 })
    })
})

const truncating = (eventBytesMax: number, listBytesMax = 10_485_760): readonly string[] => [
  '--audit-webhook-truncate-enabled=true',
  `--audit-webhook-truncate-max-event-size=${eventBytesMax}`,
  `--audit-webhook-truncate-max-batch-size=${listBytesMax}`,
]
