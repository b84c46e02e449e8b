// listShape: by what the items of a list are known: the values of their merge keys, themselves, or their places.

import type { FieldPath, ItemKey } from './field-path.ts'
import { isJsonObject, memberOf } from './json-values.ts'
import { isDigest } from './mask-secrets.ts'

export type ListShape =
  | { readonly by: 'keys'; readonly keys: readonly MergeKey[] }
  /** A set of texts. */
  | { readonly by: 'member' }
  | { readonly by: 'index' }

export interface MergeKey {
  readonly name: string
  /** What a missing member means; null where it may not be missing. */
  readonly absent: string | null
}

export interface ListPlace {
  /** Of the list. */
  readonly path: FieldPath
  /** Of the object; '' where it is not known. */
  readonly kind: string
  /** isBuiltInType of the object. */
  readonly isBuiltIn: boolean
}

/**
 * What holds for all of `lists`: the states of one list that are compared. Types of Kubernetes itself have the keys of
 * the table, and their other lists go by index, as the API server treats them (atomic). Types of others have the same
 * keys in what looks like a pod's parts; elsewhere a list of objects that all have a `name` of their own goes by it, one
 * of `conditions` by `type`. Where a key is missing or held twice in one of `lists`, all go by index.
 */
export function listShape(lists: readonly (readonly unknown[])[], place: ListPlace): ListShape {
  const known = knownShape(place)
  if (known?.by === 'member') return lists.every(isSetOfTexts) ? known : byIndex
  if (known !== null && known.by === 'keys' && lists.every((list) => areUnique(list, known.keys))) return known
  if (place.isBuiltIn || lists.every((list) => list.length === 0)) return byIndex
  return guesses.find((guess) => lists.every((list) => areUnique(list, guess.keys))) ?? byIndex
}

/** The keys of these names, with what Kubernetes takes a missing one for. */
export function mergeKeysNamed(names: readonly string[]): readonly MergeKey[] {
  return names.map((name) => ({ name, absent: absentValues.get(name) ?? null }))
}

/**
 * The values of an item's merge keys; null where one is missing, neither a text nor a number, or what stands for a
 * secret: paths are shown. Two items of a list are one and the same if `itemName` of them is.
 */
export function itemKeys(item: unknown, keys: readonly MergeKey[]): readonly ItemKey[] | null {
  if (!isJsonObject(item)) return null
  const found: ItemKey[] = []
  for (const { name, absent } of keys) {
    const value = memberOf(item, name) ?? absent
    if (typeof value !== 'string' && typeof value !== 'number') return null
    if (isDigest(value)) return null
    found.push({ name, value })
  }
  return found
}

/** One text for one item of a list: no two different values of its keys share it. */
export const itemName = (keys: readonly ItemKey[]): string =>
  keys.length === 1 ? nameOfValue(keys[0]?.value) : JSON.stringify(keys.map(({ value }) => value))

const nameOfValue = (value: string | number | undefined): string =>
  typeof value === 'number' ? `${value}` : `"${value}`

/** The defaults that the OpenAPI document gives to keys. */
const absentValues: ReadonlyMap<string, string> = new Map([
  ['protocol', 'TCP'],
  ['shareID', ''],
])

interface Keyed {
  readonly by: 'keys'
  readonly keys: readonly MergeKey[]
}

const byIndex: ListShape = { by: 'index' }
const byMember: ListShape = { by: 'member' }
const keyed = (...names: readonly string[]): Keyed => ({ by: 'keys', keys: mergeKeysNamed(names) })

const guesses: readonly Keyed[] = [keyed('name')]
const byType = keyed('type')

/**
 * By the name of the list: x-kubernetes-list-map-keys, or a list-type of `set`, in the OpenAPI document of Kubernetes
 * 1.37. Names that another type uses for an atomic list are in `byKind`.
 */
const byName: ReadonlyMap<string, ListShape> = new Map<string, ListShape>([
  ...[
    'allocatedResourcesStatus',
    'claims',
    'compositePodGroupTemplates',
    'containers',
    'drivers',
    'env',
    'ephemeralContainers',
    'evictionResponders',
    'imagePullSecrets',
    'initContainers',
    'matchConditions',
    'podGroupTemplates',
    'requesters',
    'resourceClaims',
    'resourceClaimStatuses',
    'responders',
    'schedulingGates',
    'storageHealth',
    'targetResponders',
    'volumeHealth',
    'volumes',
    'webhooks',
  ].map((name): [string, ListShape] => [name, keyed('name')]),
  ['conditions', byType],
  ['hostAliases', keyed('ip')],
  ['nodeAllocatableResourceClaimStatuses', keyed('resourceClaimName')],
  ['ownerReferences', keyed('uid')],
  ['podIPs', keyed('ip')],
  ['reservedFor', keyed('uid')],
  ['storageVersions', keyed('apiServerID')],
  ['topologySpreadConstraints', keyed('topologyKey', 'whenUnsatisfiable')],
  ['volumeDevices', keyed('devicePath')],
  ['volumeMounts', keyed('mountPath')],
  ['x-kubernetes-validations', keyed('rule')],
  ['bindMountOptions', byMember],
  ['podCIDRs', byMember],
  ['skipNodeOperations', byMember],
  ['validationActions', byMember],
  ['volumeLifecycleModes', byMember],
])

/** As `Kind fields.to.the.list`: what holds of this list alone. */
const byKind: ReadonlyMap<string, ListShape> = new Map<string, ListShape>([
  ['Service spec.ports', keyed('port', 'protocol')],
  ['ServiceAccount secrets', keyed('name')],
  ['ServiceAccount imagePullSecrets', byIndex],
  ['Node status.addresses', byType],
  ['EndpointSlice endpoints.addresses', byMember],
  ['ResourceClaim status.devices', keyed('driver', 'device', 'pool', 'shareID')],
  ['ValidatingAdmissionPolicy spec.variables', keyed('name')],
  ['FlowSchema spec.rules.nonResourceRules.nonResourceURLs', byMember],
  ['FlowSchema spec.rules.nonResourceRules.verbs', byMember],
  ['FlowSchema spec.rules.resourceRules.apiGroups', byMember],
  ['FlowSchema spec.rules.resourceRules.namespaces', byMember],
  ['FlowSchema spec.rules.resourceRules.resources', byMember],
  ['FlowSchema spec.rules.resourceRules.verbs', byMember],
])

function knownShape({ path, kind, isBuiltIn }: ListPlace): ListShape | null {
  const list = path.at(-1)
  if (list?.kind !== 'field') return null
  const { name } = list
  if (name === 'finalizers') return fieldsOf(path) === 'metadata.finalizers' ? byMember : null
  const ofKind = isBuiltIn && path.length < 8 ? byKind.get(`${kind} ${fieldsOf(path)}`) : undefined
  if (ofKind !== undefined) return ofKind
  if (name === 'ports') return path.at(-2)?.kind === 'item' && isContainers(path.at(-3)) ? containerPorts : null
  return byName.get(name) ?? null
}

const fieldsOf = (path: FieldPath): string =>
  path.flatMap((segment) => (segment.kind === 'field' ? [segment.name] : [])).join('.')

const containerPorts = keyed('containerPort', 'protocol')
const containerLists: ReadonlySet<string> = new Set(['containers', 'initContainers', 'ephemeralContainers'])

const isContainers = (segment: FieldPath[number] | undefined): boolean =>
  segment?.kind === 'field' && containerLists.has(segment.name)

function areUnique(list: readonly unknown[], keys: readonly MergeKey[]): boolean {
  const names = new Set<string>()
  for (const item of list) {
    const found = itemKeys(item, keys)
    if (found === null) return false
    names.add(itemName(found))
  }
  return names.size === list.length
}

const isSetOfTexts = (list: readonly unknown[]): boolean =>
  list.every((item) => typeof item === 'string' && !isDigest(item)) && new Set(list).size === list.length
