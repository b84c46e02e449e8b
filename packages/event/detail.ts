// What the bodies and the query say was done, in a few words: `image api:1.9`, `replicas 5`, `command sh -c ls`.

import { changesOf, isApply, itemsOf, textAt, valueAt, type Change } from './change.ts'
import type { ObjectRef } from './event.ts'
import { pathOf, queryValues } from './request-uri.ts'
import { cutText, isWireObject } from './wire-object.ts'

export const detailCharsMax = 300
const commandCharsMax = 220
const wordCharsMax = 100
const imagesMax = 3
const namesMax = 5
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'
/** What `kubectl rollout restart` sets. */
const restartedAt = ['spec', 'template', 'metadata', 'annotations', 'kubectl.kubernetes.io/restartedAt']

/** The fields of a write or a connection that tell what was done. */
interface DetailSources {
  readonly verb: string
  readonly object: ObjectRef
  readonly requestURI: string
  readonly requestObject: unknown
  readonly responseObject: unknown
}

/** Parts are joined by `; `. Names the parts of a kind of request; null where it says nothing. */
type Describe = (sources: DetailSources) => readonly string[]

const bySubresource: ReadonlyMap<string, Describe> = new Map<string, Describe>([
  ['exec', ({ requestURI }) => [...commandParts(requestURI), ...containerParts(requestURI)]],
  ['attach', ({ requestURI }) => containerParts(requestURI)],
  ['portforward', portParts],
  ['proxy', proxyParts],
  ['scale', ({ requestObject }) => changesOf(requestObject).flatMap(replicaParts)],
  ['ephemeralcontainers', debugParts],
  ['token', tokenParts],
  ['eviction', evictionParts],
  ['binding', bindingParts],
  ['approval', approvalParts],
])

const byResource: ReadonlyMap<string, Describe> = new Map<string, Describe>([
  ['pods', workloadParts],
  ['deployments', workloadParts],
  ['statefulsets', workloadParts],
  ['daemonsets', workloadParts],
  ['replicasets', workloadParts],
  ['replicationcontrollers', workloadParts],
  ['jobs', workloadParts],
  ['cronjobs', workloadParts],
  ['deploymentconfigs', workloadParts],
  ['rollouts', workloadParts],
  ['nodes', cordonParts],
  ['configmaps', keyParts],
  ['secrets', keyParts],
  ['rolebindings', bindingOfRoleParts],
  ['clusterrolebindings', bindingOfRoleParts],
  ['bindings', bindingParts],
])

/**
 * At most `detailCharsMax` characters, or null. Never a value of a secret, of an environment variable or of any other
 * field: only image names, replica counts, commands, ports, and the names of keys, labels, roles and subjects.
 */
export function detailOf(sources: DetailSources): string | null {
  const text = cutText(partsOf(sources).join('; '), detailCharsMax)
  return text === '' ? null : text
}

function partsOf(sources: DetailSources): readonly string[] {
  const { object, verb } = sources
  if (object.subresource !== '') return bySubresource.get(object.subresource)?.(sources) ?? []
  if (verb === 'deletecollection') return collectionParts(sources)
  if (verb === 'delete') return []
  const parts = byResource.get(object.resource)?.(sources) ?? []
  return parts.length === 0 && verb === 'patch' ? metadataParts(sources) : parts
}

/** As a shell would need it: words with spaces or quotes stand in single quotes. */
function commandParts(requestURI: string): readonly string[] {
  const words = queryValues(requestURI, 'command').map((word) =>
    /^[^\s'"\\;|&<>$`(){}*?#]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`,
  )
  return words.length === 0 ? [] : [`command ${shortened(words.join(' '), commandCharsMax)}`]
}

function containerParts(requestURI: string): readonly string[] {
  const container = queryValues(requestURI, 'container')[0] ?? ''
  return container === '' ? [] : [`container ${shortened(container, wordCharsMax)}`]
}

/** Older clients name the ports inside the stream, where no audit event sees them. */
function portParts({ requestURI }: DetailSources): readonly string[] {
  const ports = queryValues(requestURI, 'ports').flatMap((value) => value.split(','))
  return ports.length === 0 ? [] : [`ports ${listed(ports, namesMax)}`]
}

/** The path behind `…/<resource>/<name>/proxy`; its query may hold anything and is left out. */
function proxyParts({ object, requestURI }: DetailSources): readonly string[] {
  const path = pathOf(requestURI)
  const resource = path.indexOf(`/${object.resource}/`)
  const afterName = resource === -1 ? -1 : path.indexOf('/', resource + object.resource.length + 2)
  if (afterName === -1 || !path.startsWith('/proxy/', afterName)) return []
  return [`path ${shortened(path.slice(afterName + '/proxy'.length), commandCharsMax)}`]
}

function replicaParts(change: Change): readonly string[] {
  const replicas = valueAt(change, 'spec', 'replicas')
  return typeof replicas === 'number' ? [`replicas ${replicas}`] : []
}

function debugParts({ requestObject }: DetailSources): readonly string[] {
  const containers = changesOf(requestObject).flatMap((change) =>
    itemsOf(valueAt(change, 'spec', 'ephemeralContainers')),
  )
  const image = containers.map((container) => textAt(container, 'image')).findLast((name) => name !== '') ?? ''
  return image === '' ? [] : [`debug container image ${shortImage(image)}`]
}

function tokenParts({ requestObject }: DetailSources): readonly string[] {
  const seconds = valueAt(requestObject, 'spec', 'expirationSeconds')
  return typeof seconds === 'number' ? [`token for ${seconds}s`] : []
}

function evictionParts({ requestObject }: DetailSources): readonly string[] {
  const seconds = valueAt(requestObject, 'deleteOptions', 'gracePeriodSeconds')
  return typeof seconds === 'number' ? [`grace period ${seconds}s`] : []
}

function bindingParts({ requestObject }: DetailSources): readonly string[] {
  const node = textAt(requestObject, 'target', 'name')
  return node === '' ? [] : [`node ${shortened(node, wordCharsMax)}`]
}

/** A certificate request is approved or denied by a condition of that type. */
function approvalParts({ requestObject }: DetailSources): readonly string[] {
  const conditions = changesOf(requestObject).flatMap((change) => itemsOf(valueAt(change, 'status', 'conditions')))
  const types = conditions.map((condition) => textAt(condition, 'type'))
  if (types.includes('Denied')) return ['denied']
  return types.includes('Approved') ? ['approved'] : []
}

/** What a patch touches and what a create brings; an update sends everything, so it does not show what is new. */
function workloadParts(sources: DetailSources): readonly string[] {
  const { object, verb, requestObject, requestURI } = sources
  if (verb === 'update') return []
  const changes = changesOf(requestObject)
  const images = imageParts(object.resource, changes)
  if (verb === 'create') return images
  if (isApply(requestURI, requestObject)) return images.map((part) => `applied ${part}`)
  const restarted = changes.some((change) => textAt(change, ...restartedAt) !== '') ? ['restarted'] : []
  return [...images, ...changes.flatMap(replicaParts), ...restarted]
}

function imageParts(resource: string, changes: readonly Change[]): readonly string[] {
  const images = changes.flatMap((change) => imagesOf(podSpecOf(resource, change)))
  const unique = [...new Set(images)].map(shortImage)
  return unique.length === 0 ? [] : [`${unique.length === 1 ? 'image' : 'images'} ${listed(unique, imagesMax)}`]
}

function podSpecOf(resource: string, change: Change): unknown {
  if (resource === 'pods') return valueAt(change, 'spec')
  if (resource === 'cronjobs') return valueAt(change, 'spec', 'jobTemplate', 'spec', 'template', 'spec')
  return valueAt(change, 'spec', 'template', 'spec')
}

function imagesOf(podSpec: unknown): readonly string[] {
  return ['containers', 'initContainers', 'ephemeralContainers']
    .flatMap((list) => itemsOf(valueAt(podSpec, list)))
    .map((container) => textAt(container, 'image'))
    .filter((image) => image !== '')
}

/** The last path segment with its tag, and twelve digits of a digest. */
function shortImage(image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1)
  const digest = last.indexOf('@sha256:')
  return shortened(digest === -1 ? last : last.slice(0, digest + '@sha256:'.length + 12), wordCharsMax)
}

function cordonParts({ verb, requestObject }: DetailSources): readonly string[] {
  if (verb !== 'patch') return []
  const values = changesOf(requestObject).map((change) => valueAt(change, 'spec', 'unschedulable'))
  if (values.includes(true)) return ['cordoned']
  return values.includes(false) || values.includes(null) ? ['uncordoned'] : []
}

/** The names of the keys that are set or removed; never what they hold. */
function keyParts({ requestObject }: DetailSources): readonly string[] {
  const names = changesOf(requestObject).flatMap((change) =>
    ['data', 'binaryData', 'stringData'].flatMap((field) => namesIn(valueAt(change, field))),
  )
  return counted('key', [...new Set(names)])
}

function bindingOfRoleParts({ requestObject }: DetailSources): readonly string[] {
  const changes = changesOf(requestObject)
  const role = changes.map((change) => textAt(change, 'roleRef', 'name')).find((name) => name !== '') ?? ''
  const subjects = changes.flatMap((change) => itemsOf(valueAt(change, 'subjects'))).map(subjectName)
  const to = listed(subjects, namesMax)
  if (role === '') return to === '' ? [] : [`subjects ${to}`]
  return [`role ${shortened(role, wordCharsMax)}${to === '' ? '' : ` to ${to}`}`]
}

function subjectName(subject: unknown): string {
  const name = textAt(subject, 'name')
  if (textAt(subject, 'kind') === 'ServiceAccount') return `sa:${textAt(subject, 'namespace')}/${name}`
  return textAt(subject, 'kind') === 'Group' ? `group:${name}` : `user:${name}`
}

/** The answer is a list of what was found and deleted; one event stands for all of them. */
function collectionParts({ requestURI, responseObject }: DetailSources): readonly string[] {
  const items = isWireObject(responseObject) ? responseObject['items'] : null
  const count = Array.isArray(items) ? [`${items.length} ${items.length === 1 ? 'object' : 'objects'}`] : []
  const selectors = ['labelSelector', 'fieldSelector'].flatMap((key) => queryValues(requestURI, key))
  const asked = selectors.filter((selector) => selector !== '').join(',')
  return asked === '' ? count : [...count, `selector ${shortened(asked, wordCharsMax)}`]
}

/** For a patch that sets nothing but labels and annotations: their names. */
function metadataParts({ requestObject }: DetailSources): readonly string[] {
  const changes = changesOf(requestObject)
  if (!changes.every(touchesOnlyMetadata)) return []
  return ['labels', 'annotations'].flatMap((field) => {
    const names = changes.flatMap((change) => namesIn(valueAt(change, 'metadata', field)))
    const told = [...new Set(names)].filter((name) => name !== lastApplied)
    return told.length === 0 ? [] : [`${field} ${listed(told, namesMax)}`]
  })
}

const identifying: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata'])
const metadataTold: ReadonlySet<string> = new Set([
  'labels',
  'annotations',
  'name',
  'namespace',
  'uid',
  'resourceVersion',
])

function touchesOnlyMetadata(change: Change): boolean {
  return (
    namesIn(change).every((key) => identifying.has(key)) &&
    namesIn(change['metadata']).every((key) => metadataTold.has(key))
  )
}

function namesIn(value: unknown): readonly string[] {
  return isWireObject(value) ? Object.keys(value) : []
}

/** `keys a, b` up to `namesMax` of them, else `12 keys`. */
function counted(noun: string, names: readonly string[]): readonly string[] {
  if (names.length === 0) return []
  if (names.length > namesMax) return [`${names.length} ${noun}s`]
  return [`${noun}${names.length === 1 ? '' : 's'} ${listed(names, namesMax)}`]
}

function listed(names: readonly string[], max: number): string {
  const shown = names.slice(0, max).map((name) => shortened(name, wordCharsMax))
  const more = names.length - shown.length
  return more === 0 ? shown.join(', ') : `${shown.join(', ')} and ${more} more`
}

function shortened(text: string, charsMax: number): string {
  return text.length <= charsMax ? text : `${cutText(text, charsMax - 1)}…`
}
