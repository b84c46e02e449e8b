import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { applyChanges, invertChanges } from './apply-changes.ts'
import { changesMax, diffObjects } from './diff-objects.ts'
import { formatFieldPath } from './field-path.ts'
import { anyCustomResource, anyDeployment, settled } from './random-objects-for-tests.ts'

const deployment = (podSpec: object, more: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'api' },
  spec: { template: { spec: podSpec } },
  ...more,
})

/** Each change as one line. */
const told = (before: unknown, after: unknown): readonly string[] =>
  diffObjects(before, after).changes.map(({ path, op, from, to, noise }) =>
    [noise ? '(noise)' : '', op, formatFieldPath(path), JSON.stringify(from), JSON.stringify(to)]
      .filter((word) => word !== '' && word !== undefined)
      .join(' '),
  )

describe('lists', () => {
  test('items are compared by their merge keys, wherever they stand', () => {
    const before = deployment({
      containers: [
        { name: 'api', image: 'api:1', ports: [{ containerPort: 80 }, { containerPort: 53, protocol: 'UDP' }] },
        { name: 'log', image: 'log:1' },
      ],
    })
    const after = deployment({
      containers: [
        { name: 'sidecar', image: 'side:1' },
        { name: 'log', image: 'log:1' },
        {
          name: 'api',
          image: 'api:2',
          ports: [
            { containerPort: 53, protocol: 'UDP' },
            { containerPort: 80, protocol: 'TCP' },
          ],
        },
      ],
    })
    expect(told(before, after)).toEqual([
      'replace spec.template.spec.containers[api].image "api:1" "api:2"',
      'add spec.template.spec.containers[api].ports[80/TCP].protocol "TCP"',
      'add spec.template.spec.containers[sidecar] {"name":"sidecar","image":"side:1"}',
    ])
  })

  test('a list whose key is held twice goes by index, on both sides', () => {
    const before = deployment({ containers: [{ name: 'a', image: '1' }] })
    const after = deployment({ containers: [{ name: 'a', image: '2' }, { name: 'a' }] })
    expect(told(before, after)).toEqual([
      'replace spec.template.spec.containers[0].image "1" "2"',
      'add spec.template.spec.containers[1] {"name":"a"}',
    ])
  })

  test('finalizers are a set, tolerations go by index', () => {
    const before = deployment(
      { tolerations: [{ key: 'a' }, { key: 'b' }, { key: 'c' }] },
      { metadata: { finalizers: ['x', 'y'] } },
    )
    const after = deployment({ tolerations: [{ key: 'b' }] }, { metadata: { finalizers: ['z', 'y'] } })
    expect(told(before, after)).toEqual([
      'remove metadata.finalizers[=x] "x"',
      'add metadata.finalizers[=z] "z"',
      'replace spec.template.spec.tolerations[0].key "a" "b"',
      'remove spec.template.spec.tolerations[2] {"key":"c"}',
      'remove spec.template.spec.tolerations[1] {"key":"b"}',
    ])
  })

  test('ports of a Service have their port and protocol as keys, ports of a NetworkPolicy none', () => {
    const service = (...ports: readonly object[]): object => ({ apiVersion: 'v1', kind: 'Service', spec: { ports } })
    const [http, dns] = [
      { name: 'http', port: 80, protocol: 'TCP' },
      { name: 'dns', port: 53, protocol: 'UDP' },
    ]
    expect(told(service(http, dns), service(dns, { ...http, targetPort: 8080 }))).toEqual([
      'add spec.ports[80/TCP].targetPort 8080',
    ])
    const policy = (...ports: readonly object[]): object => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      spec: { ingress: [{ ports }] },
    })
    expect(told(policy({ port: 80 }), policy({ port: 81 }))).toEqual(['replace spec.ingress[0].ports[0].port 80 81'])
  })

  test('a type of others has its lists by name where all have one of their own, else by index', () => {
    const widget = (steps: readonly unknown[]): object => ({
      apiVersion: 'example.org/v1',
      kind: 'Widget',
      spec: { steps },
    })
    expect(
      told(widget([{ name: 'a', run: 1 }, { name: 'b' }]), widget([{ name: 'b' }, { name: 'a', run: 2 }])),
    ).toEqual(['replace spec.steps[a].run 1 2'])
    expect(told(widget([{ name: 'a' }, { run: 1 }]), widget([{ name: 'a' }, { run: 2 }]))).toEqual([
      'replace spec.steps[1].run 1 2',
    ])
  })
})

test('what the API server writes by itself is noise, and still there', () => {
  const at = (resourceVersion: string, annotations: object | undefined, ready: number): object =>
    deployment({}, { metadata: { resourceVersion, ...(annotations && { annotations }) }, status: { ready } })
  expect(told(at('1', undefined, 0), at('2', { 'deployment.kubernetes.io/revision': '1' }, 1))).toEqual([
    '(noise) add metadata.annotations {"deployment.kubernetes.io/revision":"1"}',
    '(noise) replace metadata.resourceVersion "1" "2"',
    '(noise) replace status.ready 0 1',
  ])
  expect(told(at('1', { team: 'a' }, 0), at('1', { team: 'b' }, 0))).toEqual([
    'replace metadata.annotations.team "a" "b"',
  ])
})

test('amounts are compared by value where Kubernetes has amounts, and as texts elsewhere', () => {
  const at = (cpu: unknown, label: string): object =>
    deployment(
      { containers: [{ name: 'a', resources: { limits: { cpu } } }] },
      { metadata: { labels: { cpu: label } } },
    )
  expect(told(at('500m', '1'), at('0.5', '1'))).toEqual([])
  expect(told(at('500m', '1'), at('0.6', '1000m'))).toEqual([
    'replace metadata.labels.cpu "1" "1000m"',
    'replace spec.template.spec.containers[a].resources.limits.cpu "500m" "0.6"',
  ])
  const flux = (interval: string): object => ({
    apiVersion: 'example.org/v1',
    kind: 'Kustomization',
    spec: { interval },
  })
  expect(told(flux('60m'), flux('1h0m0s'))).toEqual([])
  expect(told(flux('60m'), flux('1h1s'))).toHaveLength(1)
})

test('a state that is not there is one change at the root; a value of another type one at its place', () => {
  expect(told(undefined, { a: 1 })).toEqual(['add {"a":1}'])
  expect(told({ a: 1 }, undefined)).toEqual(['remove {"a":1}'])
  expect(told({ a: [1], b: null, c: {} }, { a: { x: 1 }, b: 0, c: [] })).toEqual([
    'replace a [1] {"x":1}',
    'replace b null 0',
    'replace c {} []',
  ])
})

describe('whatever the objects are', () => {
  const pair = fc.oneof(fc.tuple(anyDeployment, anyDeployment), fc.tuple(anyCustomResource, anyCustomResource))

  test('the changes made in the first state give the second, but for order in lists with keys and for spelling', () => {
    fc.assert(
      fc.property(pair, ([before, after]) => {
        const copy = structuredClone(before)
        const { changes } = diffObjects(before, after)
        const applied = applyChanges(before, changes)
        expect(applied.missed).toEqual([])
        expect(isDeepStrictEqual(settled(applied.object), settled(after))).toBe(true)
        expect(diffObjects(applied.object, after).changes).toEqual([])
        expect(isDeepStrictEqual(before, copy)).toBe(true)
      }),
      { numRuns: 3_000 },
    )
  })

  test('the changes taken back give the first state again', () => {
    fc.assert(
      fc.property(pair, ([before, after]) => {
        const { changes } = diffObjects(before, after)
        const { object } = applyChanges(before, changes)
        const back = applyChanges(object, invertChanges(changes))
        expect(back.missed).toEqual([])
        expect(isDeepStrictEqual(settled(back.object), settled(before))).toBe(true)
        expect(invertChanges(invertChanges(changes))).toEqual(changes)
      }),
      { numRuns: 3_000 },
    )
  })

  test('no change says what is the same, none is said twice, and an object is like itself', () => {
    fc.assert(
      fc.property(pair, ([before, after]) => {
        expect(diffObjects(before, structuredClone(before)).changes).toEqual([])
        const { changes } = diffObjects(before, after)
        const places = changes.map(({ path }) => formatFieldPath(path))
        expect(new Set(places).size).toBe(places.length)
        for (const { op, from, to } of changes) {
          expect(isDeepStrictEqual(from, to)).toBe(false)
          expect([from === undefined, to === undefined]).toEqual([op === 'add', op === 'remove'])
        }
      }),
    )
  })
})

describe('hostile objects', () => {
  test('keys of prototypes are keys like others', () => {
    const before = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":1}}') as unknown
    const after = JSON.parse('{"__proto__":{"polluted":2},"hasOwnProperty":1,"toString":null}') as unknown
    const { changes } = diffObjects(before, after)
    const { object } = applyChanges(before, changes)
    expect(isDeepStrictEqual(object, after)).toBe(true)
    expect(Object.hasOwn(object as object, '__proto__')).toBe(true)
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test('what is nested 100,000 deep is compared as a whole below the bound', () => {
    const nested = (inner: string): unknown => JSON.parse(`${'{"a":'.repeat(100_000)}${inner}${'}'.repeat(100_000)}`)
    expect(diffObjects(nested('1'), nested('1')).changes).toEqual([])
    const { changes } = diffObjects(nested('1'), nested('2'))
    expect(changes.map(({ path }) => path.length)).toEqual([100])
  })

  test('more changes than are listed are said to be cut', () => {
    const wide = (value: number): object => ({
      spec: Object.fromEntries(Array.from({ length: changesMax + 1 }, (_, key) => [`k${key}`, value])),
    })
    const cut = diffObjects(wide(1), wide(2))
    expect(cut.isCut).toBe(true)
    expect(cut.changes).toHaveLength(changesMax)
    expect(diffObjects(wide(1), { spec: {} }).isCut).toBe(true)
    expect(diffObjects(wide(1), {}).changes).toHaveLength(1)
  })

  test('a custom resource of 5 MB takes less than three seconds of a core, with lists by name and with 9,000 changes', () => {
    const large = (version: number): unknown => ({
      apiVersion: 'example.org/v1',
      kind: 'Widget',
      spec: {
        items: Array.from({ length: 36_000 }, (_, index) => ({
          name: `item-${version === 1 ? index : 35_999 - index}`,
          text: 'x'.repeat(90),
          values: [{ a: 1 }, { b: (version === 1 ? index : 35_999 - index) % 4 === 0 ? version : 0 }],
        })),
      },
    })
    const [before, after] = [large(1), large(2)]
    expect(JSON.stringify(before).length).toBeGreaterThan(5_000_000)
    const started = process.cpuUsage()
    const { changes } = diffObjects(before, after)
    const { object, missed } = applyChanges(before, changes)
    const seconds = process.cpuUsage(started).user / 1e6
    expect(changes).toHaveLength(9_000)
    expect(missed).toEqual([])
    expect(diffObjects(object, after).changes).toEqual([])
    expect(seconds).toBeLessThan(3)
  })
})
