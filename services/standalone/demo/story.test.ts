import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

import { describe, expect, test } from 'vitest'

import { goJson } from './story-json.ts'
import { incident, readStory, shiftTimes, shiftTo, storyEnd, storyPath, storyStart } from './story.ts'
import { writeStory } from './write-story.ts'

interface Item {
  readonly level: string
  readonly auditID: string
  readonly stage: string
  readonly requestURI: string
  readonly verb: string
  readonly user: { readonly username?: string }
  readonly impersonatedUser?: { readonly username: string }
  readonly sourceIPs: readonly string[]
  readonly objectRef?: Readonly<Record<string, string>>
  readonly responseStatus: { readonly code: number }
  readonly requestObject?: unknown
  readonly responseObject?: {
    readonly kind: string
    readonly metadata: { readonly uid?: string; readonly resourceVersion?: string; readonly generation?: number }
    readonly status?: { readonly observedGeneration?: number } | string
    readonly details?: { readonly uid?: string }
  }
  readonly requestReceivedTimestamp: string
  readonly stageTimestamp: string
  readonly annotations?: Readonly<Record<string, string>>
}

const packed = readFileSync(storyPath)
const lines = gunzipSync(packed).toString('utf8').trimEnd().split('\n')
const lists = lines.map((line): { readonly items: readonly Item[] } => JSON.parse(line))
const items = lists.flatMap((list) => list.items)

const fields = [
  'level',
  'auditID',
  'stage',
  'requestURI',
  'verb',
  'user',
  'impersonatedUser',
  'sourceIPs',
  'userAgent',
  'objectRef',
  'responseStatus',
  'requestObject',
  'responseObject',
  'requestReceivedTimestamp',
  'stageTimestamp',
  'annotations',
]
const anyTime = /\d{4}-\d\d-\d\dT\d\d(?::|%3A)\d\d(?::|%3A)\d\d(?:\.\d+)?/g

const ofIncident = (item: Item): boolean =>
  item.objectRef?.['resource'] === incident.resource &&
  item.objectRef['namespace'] === incident.namespace &&
  item.objectRef['name'] === incident.name
const changes = items.filter(
  (item) =>
    ofIncident(item) &&
    ['update', 'patch'].includes(item.verb) &&
    item.objectRef?.['subresource'] !== 'status' &&
    !item.requestURI.includes('dryRun'),
)

const bodiesOf = (item: Item): number =>
  [item.requestObject, item.responseObject].filter((body) => body !== undefined).length
const usOf = (time: string): number => Date.parse(`${time.slice(0, 19)}Z`) * 1000 + Number(time.slice(20, 26))

describe('the recorded week', () => {
  test('the file in the repository is what the generator writes', () => {
    expect(`${writeStory().join('\n')}\n` === `${lines.join('\n')}\n`).toBe(true)
  })

  test('it is small enough to clone and long enough to look real', () => {
    expect(packed.length).toBeLessThan(1_000_000)
    expect(items.length).toBeGreaterThan(3000)
    expect(items.length).toBeLessThan(5000)
    expect(Math.max(...lists.map((list) => list.items.length))).toBeLessThanOrEqual(200)
    expect(Math.min(...lists.map((list) => list.items.length))).toBeGreaterThan(0)
  })

  test('every line has the bytes of a webhook post: Go escapes, Go order, no kind on its items', () => {
    for (const [index, line] of lines.entries()) {
      expect(line.startsWith('{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[{')).toBe(true)
      expect(goJson(JSON.parse(line)) === line, `line ${index + 1}`).toBe(true)
    }
    for (const item of items) {
      const keys = Object.keys(item)
      expect(keys).toEqual(fields.filter((field) => keys.includes(field)))
    }
    expect(lines.some((line) => line.includes('%d \\u003c%level\\u003e %msg'))).toBe(true)
  })

  test('an event is what its level allows: no secret has a body, and every recorded write has both', () => {
    const odd = items.filter((item) => bodiesOf(item) !== (item.level === 'RequestResponse' ? 2 : 0))
    expect(odd).toEqual([])
    const withBodies = items.filter((item) => item.level !== 'Metadata')
    expect(withBodies.filter((item) => ['get', 'list', 'watch'].includes(item.verb))).toEqual([])
    expect(withBodies.filter((item) => ['secrets', 'configmaps'].includes(item.objectRef?.['resource'] ?? ''))).toEqual(
      [],
    )
  })

  test('times lie in the week, and events come in the order in which they ended', () => {
    let before = ''
    for (const item of items) {
      for (const time of [item.requestReceivedTimestamp, item.stageTimestamp]) {
        expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
        expect(time >= storyStart && time < storyEnd).toBe(true)
      }
      expect(item.requestReceivedTimestamp <= item.stageTimestamp).toBe(true)
      expect(item.stageTimestamp >= before).toBe(true)
      before = item.stageTimestamp
    }
  })

  test('a stage of a request comes once, and only sessions have two', () => {
    const stages = new Map<string, string[]>()
    for (const item of items) stages.set(item.auditID, [...(stages.get(item.auditID) ?? []), item.stage])
    for (const found of stages.values()) {
      expect([['ResponseComplete'], ['ResponseStarted'], ['ResponseStarted', 'ResponseComplete']]).toContainEqual(found)
    }
  })

  test('an object never has one resourceVersion with two contents, and its versions rise', () => {
    const newest = new Map<string, number>()
    const stale: string[] = []
    const written = items
      .filter((item) => item.responseStatus.code < 300 && !item.requestURI.includes('dryRun'))
      .filter((item) => item.responseObject?.kind === 'Deployment' || item.responseObject?.kind === 'Pod')
      .toSorted((a, b) => (a.requestReceivedTimestamp < b.requestReceivedTimestamp ? -1 : 1))
    for (const { responseObject, requestReceivedTimestamp } of written) {
      const { uid = '', resourceVersion } = responseObject?.metadata ?? {}
      if (Number(resourceVersion) <= (newest.get(uid) ?? 0)) stale.push(requestReceivedTimestamp)
      newest.set(uid, Number(resourceVersion))
    }
    expect(newest.size).toBeGreaterThan(80)
    expect(stale).toEqual([])
  })

  test('a controller has seen of a ReplicaSet what it reported, and nothing of what is being written', () => {
    const sets = items.filter((item) => item.responseObject?.kind === 'ReplicaSet')
    const seen = sets.map(({ responseObject }) => {
      const { metadata, status } = responseObject ?? {}
      const observed = typeof status === 'object' ? status.observedGeneration : undefined
      return { generation: metadata?.generation ?? 0, observed }
    })
    const made = seen.filter((_, index) => sets[index]?.verb === 'create')
    expect(made.length).toBeGreaterThan(10)
    expect(made.filter(({ observed }) => observed !== undefined)).toEqual([])
    const grown = seen.filter(({ generation, observed }) => observed !== undefined && observed < generation)
    expect(grown.length).toBeGreaterThan(40)
  })
})

describe('the incident', () => {
  test('`who deployment/checkout -n shop` tells it in about twenty rows', () => {
    const rows = changes.map((item) => `${item.user.username} ${item.objectRef?.['subresource'] ?? ''}`.trim())
    expect(rows.slice(9, 16)).toEqual([
      'dave@contractor.example',
      'dave@contractor.example scale',
      'system:serviceaccount:argocd:argocd-application-controller',
      'system:serviceaccount:kube-system:horizontal-pod-autoscaler scale',
      'alice@acme.example',
      'alice@acme.example scale',
      'system:serviceaccount:kube-system:horizontal-pod-autoscaler scale',
    ])
    expect(rows.length).toBe(20)
  })

  test('dave changes image and environment, argocd puts back only what git has, alice the rest', () => {
    const within = changes.filter(
      (item) => item.requestReceivedTimestamp > incident.from && item.requestReceivedTimestamp < incident.until,
    )
    const [dave, argo, alice] = within
      .filter((item) => item.responseObject?.kind === 'Deployment')
      .map((item) => JSON.stringify(item.responseObject))
    expect(dave).toContain(incident.image)
    expect(dave).toContain(`http://${incident.peer}:8080`)
    expect(argo).toContain(incident.image)
    expect(argo).not.toContain(incident.peer)
    expect(argo).toContain('"managedFields":[{"manager":"argocd-controller","operation":"Apply"')
    expect(alice).toContain('registry.acme.example/shop/checkout:1.18.2')
    expect(alice).not.toContain('LOG_LEVEL')
  })

  test('the way in is there: a 401, a 403, a borrowed certificate, a binding, a secret, a shell of 23 minutes', () => {
    const fromPeer = items.filter((item) => item.sourceIPs[0] === incident.peer)
    const seen = fromPeer.map((item) =>
      [item.user.username ?? 'nobody', item.verb, item.objectRef?.['resource'], item.responseStatus.code].join(' '),
    )
    expect(seen[0]).toBe('nobody list pods 401')
    expect(seen).toContain('dave@contractor.example list secrets 403')
    expect(seen).toContain('carol@acme.example list secrets 200')
    expect(seen).toContain('carol@acme.example create rolebindings 201')
    expect(seen.at(-1)).toBe('carol@acme.example list secrets 403')
    const secret = fromPeer.find((item) => item.objectRef?.['name'] === incident.secret)
    expect(secret?.annotations?.['authorization.k8s.io/reason']).toContain(`RoleBinding "${incident.roleBinding}/shop"`)
    const shell = fromPeer.filter((item) => item.objectRef?.['subresource'] === 'exec')
    expect(shell.map((item) => item.stage)).toEqual(['ResponseStarted', 'ResponseComplete'])
    expect(shell.map((item) => item.verb)).toEqual(['get', 'get'])
    const [startedAt = 0, endedAt = 0] = shell.map((item) => Date.parse(item.stageTimestamp))
    expect(Math.floor((endedAt - startedAt) / 60_000)).toBe(23)
  })

  test('the binding that alice deletes is the one that was made', () => {
    const uids = items
      .filter((item) => item.objectRef?.['name'] === incident.roleBinding && item.level === 'RequestResponse')
      .map((item) => item.responseObject?.metadata.uid ?? item.responseObject?.details?.uid)
    expect(uids.length).toBe(2)
    expect(new Set(uids).size).toBe(1)
  })

  test('the pods of the hotfix run out of memory again and again', () => {
    const crashes = items.filter((item) => JSON.stringify(item.responseObject ?? '').includes('CrashLoopBackOff'))
    expect(crashes.length).toBeGreaterThan(8)
  })
})

describe('what an auditor meets in a real cluster', () => {
  test.each([
    ['a conflict', (item: Item) => item.responseStatus.code === 409],
    ['a refused eviction', (item: Item) => item.responseStatus.code === 429],
    ['an admission webhook that refuses', (item: Item) => item.responseStatus.code === 400],
    ['PodSecurity', (item: Item) => item.annotations?.['pod-security.kubernetes.io/enforce-policy'] !== undefined],
    ['somebody without a name', (item: Item) => item.user.username === 'system:anonymous'],
    ['impersonation', (item: Item) => item.impersonatedUser?.username === 'system:admin'],
    ['an apply that creates', (item: Item) => item.verb === 'patch' && item.responseStatus.code === 201],
    ['a dry run', (item: Item) => item.requestURI.includes('dryRun=All')],
    ['a JSON patch', (item: Item) => Array.isArray(item.requestObject)],
    ['a generated name', (item: Item) => item.verb === 'create' && item.objectRef?.['name'] === undefined],
    ['a port-forward', (item: Item) => item.objectRef?.['subresource'] === 'portforward'],
    ['the garbage collector', (item: Item) => (item.user.username ?? '').endsWith(':generic-garbage-collector')],
  ])('%s', (_, is) => {
    expect(items.some((item) => is(item))).toBe(true)
  })
})

describe('reading it at another time', () => {
  test('a shift moves every time and leaves every other byte as it was', async () => {
    const shiftUs = -3 * 24 * 3600 * 1_000_000 - 1_500_001
    const shifted: string[] = []
    for await (const line of readStory(shiftUs)) shifted.push(line)
    expect(shifted.length).toBe(lines.length)
    for (const [index, line] of shifted.entries()) {
      expect(line.replaceAll(anyTime, 'T') === lines[index]?.replaceAll(anyTime, 'T'), `line ${index + 1}`).toBe(true)
    }
    const moved = shifted.flatMap((line): readonly Item[] => JSON.parse(line).items)
    const movedBy = moved.map((item, index) => usOf(item.stageTimestamp) - usOf(items[index]?.stageTimestamp ?? ''))
    expect(new Set(movedBy)).toEqual(new Set([shiftUs]))
    expect(shifted.join('').match(anyTime)?.length).toBe(lines.join('').match(anyTime)?.length)
  })

  test('with no shift it is the file', async () => {
    const read: string[] = []
    for await (const line of readStory(0)) read.push(line)
    expect(read.join('\n') === lines.join('\n')).toBe(true)
  })

  test.each([0, 1, 499, 999])(
    'moved to now and %i ms, what managedFields say of a request is in its second',
    async (ms) => {
      const end = Date.parse('2027-01-31T12:00:00Z') + ms
      const applies: string[] = []
      for await (const line of readStory(shiftTo(end))) {
        const list: { readonly items: readonly Item[] } = JSON.parse(line)
        for (const { responseObject, requestReceivedTimestamp } of list.items) {
          const time =
            /"manager":"argocd-controller","operation":"Apply","apiVersion":"apps\/v1","time":"([^"]*)"/.exec(
              JSON.stringify(responseObject ?? {}),
            )?.[1]
          if (time !== undefined) applies.push(`${time} ${requestReceivedTimestamp.slice(0, 19)}Z`)
        }
      }
      expect(applies.length).toBeGreaterThan(2)
      expect(applies.filter((pair) => pair.slice(0, 20) !== pair.slice(21))).toEqual([])
    },
  )

  test.each([
    ['2026-11-12T19:15:40.000001Z', 999_999, '2026-11-12T19:15:41.000000Z'],
    ['2026-11-12T19:15:40.000001Z', -2, '2026-11-12T19:15:39.999999Z'],
    ['2026-11-12T23:59:59Z', 1_000_000, '2026-11-13T00:00:00Z'],
    ['2026-11-12T19:15:40Z', 900_000, '2026-11-12T19:15:40Z'],
    ['2026-11-10T17:02:11+01:00', 60_000_000, '2026-11-10T17:03:11+01:00'],
    ['sinceTime=2026-11-10T17%3A02%3A11Z', 60_000_000, 'sinceTime=2026-11-10T17%3A03%3A11Z'],
    ['checkout:1.18.3 48868380', 60_000_000, 'checkout:1.18.3 48868380'],
  ])('%s moved by %i µs is %s', (text, shiftUs, moved) => {
    expect(shiftTimes(text, shiftUs)).toBe(moved)
  })

  test('half a microsecond is refused', async () => {
    await expect(readStory(0.5).next()).rejects.toThrow('give whole µs')
  })
})
