// What exec, attach, port-forward and logs leave behind: the verb is that of the protocol, and only the URI says what was run.
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { freePorts } from '../../free-ports.ts'
import { testLabs } from '../lab-for-tests.ts'
import { observe, until, type AuditEvent, type Observed } from './observe.ts'

const run = promisify(execFile)
const pods = '/api/v1/namespaces/default/pods'
const allStages = ['RequestReceived', 'ResponseStarted', 'ResponseComplete']

/** By SPDY, as kubectl before 1.30 did by default and later ones do when told to. */
const bySpdy = { KUBECTL_REMOTE_COMMAND_WEBSOCKETS: 'false', KUBECTL_PORT_FORWARD_WEBSOCKETS: 'false' }

describe.each(testLabs())('Kubernetes $version', (tools) => {
  let lab: Observed
  let kubeconfig: string

  beforeAll(async () => {
    lab = await observe(tools, { controllers: true })
    kubeconfig = await lab.plane.kubeconfigFor('alice', lab.alice)
    const spec = { containers: [{ name: 'main', image: 'none' }] }
    await lab.send({ method: 'POST', path: pods, body: { metadata: { name: 'pod' }, spec } })
    const isRunning = async () =>
      (await lab.send({ method: 'GET', path: `${pods}/pod` })).body.includes('"phase":"Running"')
    await until(isRunning, 'the pod to run')
  })
  afterAll(() => lab[Symbol.asyncDispose]())

  const kubectl = (args: readonly string[], program = tools.kubectl, env: Record<string, string> = {}) =>
    run(program, ['--kubeconfig', kubeconfig, ...args], {
      env: { ...process.env, ...env },
    })

  /** The events of the one request that `act` makes to this subresource, once all are there: posts may pass each other. */
  const eventsOf = async (subresource: string, act: () => Promise<unknown>): Promise<readonly AuditEvent[]> => {
    const before = new Set(lab.events())
    const here = () =>
      lab.events().filter((event) => !before.has(event) && event.objectRef?.['subresource'] === subresource)
    await act()
    const isThere = (wanted: string) => here().some(({ stage }) => stage === wanted)
    await until(() => allStages.every(isThere), `all stages of ${subresource}`)
    return here().toSorted((a, b) => allStages.indexOf(a.stage) - allStages.indexOf(b.stage))
  }

  const expectConnection = (events: readonly AuditEvent[], verb: string): void => {
    expect(events.map(({ stage }) => stage)).toEqual(allStages)
    for (const event of events) {
      expect(event).toMatchObject({ verb, objectRef: { resource: 'pods', name: 'pod', namespace: 'default' } })
      expect(event).not.toHaveProperty('requestObject')
      expect(event).not.toHaveProperty('responseObject')
    }
    for (const event of events.slice(1)) expect(event.responseStatus).toEqual({ metadata: {}, code: 101 })
  }

  test('exec by WebSocket is a get, answered 101, with its command in the URI and nowhere else', async () => {
    const events = await eventsOf('exec', () => kubectl(['exec', 'pod', '--', 'echo', 'a b', 'a&b']))
    expectConnection(events, 'get')
    for (const { requestURI } of events)
      expect(requestURI).toBe(
        `${pods}/pod/exec?command=echo&command=a+b&command=a%26b&container=main&stderr=true&stdout=true`,
      )
  })

  test('exec by SPDY is a create', async () => {
    const events = await eventsOf('exec', () => kubectl(['exec', 'pod', '--', 'true'], tools.oldKubectl, bySpdy))
    expectConnection(events, 'create')
  })

  test('what was typed into an exec and what came out are in no event', async () => {
    await eventsOf('exec', () => kubectl(['exec', 'pod', '--', 'echo', 'one', 'word']))
    const secret = 'typed-and-not-recorded'
    const events = await eventsOf('exec', async () => {
      const args = ['--kubeconfig', kubeconfig, 'exec', '-i', 'pod', '--', 'cat']
      const child = spawn(tools.kubectl, args, { stdio: ['pipe', 'pipe', 'inherit'] })
      const heard = once(child.stdout, 'data')
      child.stdin.write(secret)
      expect(String((await heard)[0])).toContain(secret)
      await ended(child)
    })
    expect(JSON.stringify(events)).not.toContain(secret)
  })

  test('an exec is there while it goes on, as ResponseStarted', async () => {
    const before = lab.events().length
    const args = ['--kubeconfig', kubeconfig, 'exec', '-i', 'pod', '--', 'cat']
    const child = spawn(tools.kubectl, args, { stdio: ['pipe', 'ignore', 'inherit'] })
    const stages = () =>
      lab
        .events()
        .slice(before)
        .filter(({ objectRef }) => objectRef?.['subresource'] === 'exec')
        .map(({ stage }) => stage)
    try {
      await until(() => stages().includes('ResponseStarted'), 'the start of the exec')
      expect(stages()).toEqual(['RequestReceived', 'ResponseStarted'])
    } finally {
      await ended(child)
    }
    await until(() => stages().includes('ResponseComplete'), 'the end of the exec')
  })

  test('attach by WebSocket is a get, by SPDY a create', async () => {
    const attach = (program: string, env: Record<string, string> = {}) =>
      eventsOf('attach', async () => {
        const args = ['--kubeconfig', kubeconfig, 'attach', 'pod']
        const child = spawn(program, args, { stdio: 'ignore', env: { ...process.env, ...env } })
        await sleep(1_500)
        await ended(child)
      })
    expectConnection(await attach(tools.kubectl), 'get')
    expectConnection(await attach(tools.oldKubectl, bySpdy), 'create')
  })

  test('port-forward by WebSocket is a get, by SPDY a create, and neither says which port', async () => {
    const forward = (program: string, env: Record<string, string> = {}) =>
      eventsOf('portforward', async () => {
        const [port = 0] = await freePorts(1)
        const args = ['--kubeconfig', kubeconfig, 'port-forward', 'pod', `${port}:8080`]
        const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } })
        await once(child.stdout, 'data')
        const socket = connect(port, '127.0.0.1')
        await once(socket, 'connect')
        socket.destroy()
        await ended(child)
      })
    const byWebSocket = await forward(tools.kubectl)
    expectConnection(byWebSocket, 'get')
    expectConnection(await forward(tools.oldKubectl, bySpdy), 'create')
    expect(JSON.stringify(byWebSocket)).not.toContain('8080')
  })

  test('logs are a get with stages like a watch’s, and without what was read', async () => {
    const events = await eventsOf('log', () => kubectl(['logs', 'pod']))
    expect(events.map(({ stage }) => stage)).toEqual(allStages)
    for (const event of events) {
      expect(event.verb).toBe('get')
      expect(event).not.toHaveProperty('responseObject')
    }
  })

  test('an exec that is refused is a Status and no connection', async () => {
    const bob = await lab.plane.certificates.client('bob', [])
    const { auditID, status } = await lab.send({
      as: bob,
      method: 'GET',
      path: `${pods}/pod/exec?command=id&stdout=true`,
    })
    expect(status).toBe(403)
    const event = (await lab.eventsOf(auditID)).at(-1)
    expect(event).toMatchObject({
      verb: 'get',
      responseStatus: { code: 403 },
      responseObject: { kind: 'Status' },
      annotations: { 'authorization.k8s.io/decision': 'forbid' },
    })
  })

  test('a pod is deleted twice: by whoever asks, and at last by its node, whose event ends it', async () => {
    await lab.send({ method: 'DELETE', path: `${pods}/pod` })
    const deletes = () =>
      lab.events().filter(({ verb, objectRef, responseStatus }) => {
        // A node may ask once more, and is told that nothing is there.
        return verb === 'delete' && objectRef?.['name'] === 'pod' && responseStatus?.['code'] === 200
      })
    await until(() => deletes().length === 2, 'both deletes')
    const [asked, done] = deletes()
    expect(asked).toMatchObject({
      user: { username: 'alice' },
      responseObject: {
        kind: 'Pod',
        metadata: { deletionTimestamp: expect.any(String), deletionGracePeriodSeconds: 30 },
      },
    })
    expect(done).toMatchObject({ user: { username: 'lab-kubelets' }, responseObject: { kind: 'Pod' } })
  })
})

/** Told to end, for a faked kubelet does not tell its program that its input has ended. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'close')
  child.kill('SIGTERM')
  await gone
}
