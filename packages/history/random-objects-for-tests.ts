// Objects at random that have the lists of Kubernetes in them, and edits of them.

import fc from 'fast-check'
import { formatFieldPath } from './field-path.ts'
import type { FieldPath } from './field-path.ts'

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

const name = fc.constantFrom('a', 'b', 'api', 'name', 'x.y/z', '__proto__', 'constructor', 'toString', '', 'data', '0')
const leaf: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom(null, true, 0, 1, '', 'v', '500m', '0.5', '__proto__'),
  fc.string({ maxLength: 4 }),
)

const anything = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 4 }).map((members): Json => Object.fromEntries(members)),
  ),
})).value

const itemName = fc.constantFrom('a', 'b', 'c', 'd', '1', 'x y')
const ports = fc.uniqueArray(
  fc.record(
    { containerPort: fc.constantFrom(80, 443, 53), protocol: fc.constantFrom('TCP', 'UDP'), name: leaf },
    {
      requiredKeys: ['containerPort'],
      noNullPrototype: true,
    },
  ),
  { selector: (port) => `${port.containerPort}/${port.protocol ?? 'TCP'}`, maxLength: 4 },
)
const amount = fc.constantFrom('500m', '0.5', '1', '1000m', '1Gi', '1024Mi', 'much')
const container = fc.record(
  {
    name: itemName,
    image: fc.constantFrom('api:1', 'api:2'),
    ports,
    env: named(fc.record({ name: itemName, value: leaf }, { noNullPrototype: true })),
    args: fc.array(fc.constantFrom('-a', '-b'), { maxLength: 4 }),
    resources: fc.record(
      { limits: fc.dictionary(fc.constantFrom('cpu', 'memory'), amount, { noNullPrototype: true }) },
      { noNullPrototype: true },
    ),
  },
  { requiredKeys: ['name'], noNullPrototype: true },
)

function named<Item extends { readonly name: string }>(item: fc.Arbitrary<Item>): fc.Arbitrary<Item[]> {
  return fc.uniqueArray(item, { selector: (one) => one.name, maxLength: 4 })
}

/** A Deployment, more or less: with lists by name, by two keys, by index and a set, and anything at all in odd places. */
export const anyDeployment = fc.record(
  {
    apiVersion: fc.constant('apps/v1'),
    kind: fc.constant('Deployment'),
    metadata: fc.record(
      {
        name: fc.constant('api'),
        resourceVersion: fc.constantFrom('1', '2'),
        labels: fc.dictionary(name, fc.constantFrom('x', 'y'), { noNullPrototype: true }),
        finalizers: fc.uniqueArray(fc.constantFrom('a', 'b', 'c/d'), { maxLength: 3 }),
      },
      { requiredKeys: ['name'], noNullPrototype: true },
    ),
    spec: fc.record(
      {
        replicas: fc.integer({ min: 0, max: 3 }),
        template: fc.record(
          {
            spec: fc.record(
              {
                containers: named(container),
                volumes: named(
                  fc.record({ name: itemName, odd: anything }, { requiredKeys: ['name'], noNullPrototype: true }),
                ),
                tolerations: fc.array(fc.record({ key: itemName }, { noNullPrototype: true }), { maxLength: 4 }),
              },
              { requiredKeys: [], noNullPrototype: true },
            ),
          },
          { requiredKeys: [], noNullPrototype: true },
        ),
        odd: anything,
      },
      { requiredKeys: [], noNullPrototype: true },
    ),
    status: anything,
  },
  { requiredKeys: ['apiVersion', 'kind', 'metadata'], noNullPrototype: true },
)

/** A custom resource: any JSON, with lists that have names now and then. */
export const anyCustomResource = fc.record(
  {
    apiVersion: fc.constant('example.org/v1'),
    kind: fc.constant('Widget'),
    spec: anything,
    items: fc.oneof(
      named(fc.record({ name: itemName, value: anything }, { noNullPrototype: true })),
      fc.array(anything, { maxLength: 3 }),
    ),
  },
  { requiredKeys: ['apiVersion', 'kind'], noNullPrototype: true },
)

/**
 * The value in one form for what `diffObjects` takes for the same: keys and sets in order, lists that have a name or a
 * port in every item by it, amounts by a table. Written apart from it, for the lists of the generators above alone.
 */
export function settled(value: unknown, path: FieldPath = []): unknown {
  if (Array.isArray(value)) {
    const list = path.at(-1)
    const listName = list?.kind === 'field' ? list.name : ''
    const items = value.map((item, index) => settled(item, [...path, { kind: 'index', index }]))
    const isKeyed = ['containers', 'env', 'volumes', 'ports', 'finalizers', 'items'].includes(listName)
    return isKeyed ? items.toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)) : items
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, member]): [string, unknown] => [
      key,
      settled(member, [...path, { kind: 'field', name: key }]),
    ])
    return Object.fromEntries(members.toSorted(([a], [b]) => (a < b ? -1 : 1)))
  }
  if (/\.resources\.limits\.\w+$/.test(formatFieldPath(path))) return amounts.get(String(value)) ?? value
  return value
}

const amounts: ReadonlyMap<string, string> = new Map([
  ['0.5', '500m'],
  ['1000m', '1'],
  ['1024Mi', '1Gi'],
])
const orderOf = (item: unknown): string => JSON.stringify(item)
