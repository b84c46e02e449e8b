// The recorded weeks of two versions of Kubernetes as deliveries, and beside them what no quiet cluster has: other
// addresses, other days, texts that are patterns elsewhere, stages that never came.

import { scanEventList } from '@plaintrail/event/scan'
import type { Delivery } from './events-for-tests.ts'
import { slowItem, type SlowItem } from './slow-answer-for-tests.ts'

export interface CorpusDelivery extends Delivery {
  /** The same items, as slowAnswer reads them. */
  readonly slow: readonly SlowItem[]
}

interface Cluster {
  readonly uid: string
  readonly name: string
}

const secondUs = 1_000_000
const dayUs = 86_400 * secondUs

/** In the order of arrival, one a list; the odd ones of each cluster come last. */
export function corpusDeliveries(
  recorded: readonly { readonly cluster: Cluster; readonly lists: readonly string[] }[],
): readonly CorpusDelivery[] {
  return recorded.flatMap(({ cluster, lists }, index) => {
    const items = lists.map(itemsOf)
    const firstUs = Date.UTC(2026, 10, 26, 15 + index) * 1_000
    return [...items, oddItems(items.flat())].map((own, at) => delivery(cluster, own, firstUs + at * 7 * secondUs))
  })
}

export function delivery(cluster: Cluster, items: readonly string[], receivedAtUs: number): CorpusDelivery {
  const slow = items.map((text) => slowItem(text, cluster, receivedAtUs))
  return { cluster: cluster.uid, items, receivedAtUs, slow }
}

function itemsOf(list: string): readonly string[] {
  const body = Buffer.from(list)
  const { bounds } = scanEventList(body)
  return Array.from({ length: bounds.length / 2 }, (_, item) =>
    body.subarray(bounds[2 * item], bounds[2 * item + 1]).toString(),
  )
}

type Item = Readonly<Record<string, unknown>>

const addresses = [
  ['203.0.113.9', '10.1.2.3'],
  ['10.1.2.3'],
  ['2001:db8::7', '10.200.0.1'],
  ['::ffff:10.1.2.3'],
  ['::FFFF:a01:204'],
  ['2001:db8:0:1::2'],
  ['198.51.100.1', '203.0.113.77', '2001:DB8::1'],
  [],
]
const agents = ['', 'ArgoCD/2.1 (100%)', 'kubectl/v1.37.0 (linux/amd64) kubernetes/abc', 'Ä_gent\\x/1.0', 'KUBECTL']
const names = ['100%', 'a_b', 'back\\slash', 'Straße', 'api', 'api-2']
const auditIDs = [
  'chosen by the client',
  '8F0C3E1A-0000-4000-8000-000000000001',
  '8f0c3e1a-0000-4000-8000-000000000002',
]
const groups = [['sre', 'system:authenticated'], ['a"b,\\c'], []]
const daysBack = [0, 1, 2, 40, 400]
const changesAnItem = 3

/** One in 20 of the recorded ones, changed in `changesAnItem` ways. */
function oddItems(items: readonly string[]): readonly string[] {
  const picked = items.filter((_, index) => index % 20 === 7)
  return picked.map((text, index) => {
    const item = JSON.parse(text) as Item
    const changes = changesOf(item, index)
    const chosen = Array.from({ length: changesAnItem }, (_, at) => changes[(index * 5 + at * 3) % changes.length])
    return JSON.stringify(Object.assign({}, item, { auditID: `odd-${index}` }, ...chosen))
  })
}

function changesOf(item: Item, index: number): readonly Item[] {
  const pick = <T>(choices: readonly T[]): T | undefined => choices[Math.floor(index / 3) % choices.length]
  const moved = (field: string): string => {
    const us = Date.parse(String(item[field])) * 1_000 - (pick(daysBack) ?? 0) * dayUs
    return `${new Date(us / 1_000).toISOString().slice(0, -1)}${String(index % 1_000).padStart(3, '0')}Z`
  }
  const user = item['user'] as Item
  const objectRef = item['objectRef'] as Item | undefined
  return [
    { sourceIPs: pick(addresses) },
    { userAgent: pick(agents) },
    { requestReceivedTimestamp: moved('requestReceivedTimestamp'), stageTimestamp: moved('stageTimestamp') },
    objectRef ? { objectRef: { ...objectRef, name: pick(names) } } : {},
    { auditID: pick(auditIDs) },
    { user: { ...user, groups: pick(groups) } },
    { user: { ...user, username: pick(['alice', 'Alice', 'al%ce', 'system:node:n1', '', 'CORP\\alice']) } },
    { impersonatedUser: { username: pick(['root', 'system:admin', 'bob']) } },
    { stage: 'Panic', responseStatus: { code: 500 } },
    { level: 'Metadata', verb: 'PATCH' },
    {
      annotations: { 'audit.k8s.io/truncated': 'true', 'authorization.k8s.io/reason': 'RBAC: 100% _allowed_ by ÄRGER' },
    },
    { annotations: { 'failed-open.validating.webhook.admission.k8s.io/round_0_index_0': 'hook' } },
    { requestReceivedTimestamp: 'never' },
    { stage: 'Thinking' },
  ]
}
