// manifestEvents: manifests as the events of their creation, so that rules judge them before anybody applies them.
import { isClusterScoped, resourcesNamed } from '@plaintrail/event/resources'
import { isJsonObject, type JsonObject } from '@plaintrail/history/json-values'
import { completedEvent } from './completed-event.ts'

/** Who creates, in the event: a person to the rules, as whoever applies it would be. */
export const manifestUser = 'ci'
/** Lists within lists. */
const levelsMax = 8

/** The events of one YAML document; those of its items where it is a list. None for what is no object of Kubernetes. */
export function manifestEvents(manifest: unknown, index: number): readonly JsonObject[] {
  return objectsIn(manifest, 0).map((object) => createEvent(object, index))
}

function objectsIn(value: unknown, level: number): readonly JsonObject[] {
  if (!isJsonObject(value) || level > levelsMax) return []
  const { kind, apiVersion, items, metadata } = value
  if (typeof kind !== 'string' || typeof apiVersion !== 'string') return []
  if (kind.endsWith('List') && Array.isArray(items)) return items.flatMap((item) => objectsIn(item, level + 1))
  return isJsonObject(metadata) ? [value] : []
}

function createEvent(object: JsonObject, index: number): JsonObject {
  const [apiVersion, kind] = [String(object['apiVersion']), String(object['kind'])]
  const slash = apiVersion.indexOf('/')
  const [apiGroup, version] =
    slash === -1 ? ['', apiVersion] : [apiVersion.slice(0, slash), apiVersion.slice(slash + 1)]
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {}
  const resource = resourceOf(kind, apiGroup)
  const isClusters = isClusterScoped(apiGroup, resource) === true
  const { namespace = 'default', name = metadata['generateName'] ?? '' } = metadata
  const objectRef = { apiGroup, apiVersion: version, resource, name, ...(!isClusters && { namespace }) }
  const user = { username: manifestUser, groups: ['system:authenticated'] }
  const whole = { ...object, metadata: { ...metadata, ...(!isClusters && { namespace }) } }
  return completedEvent({ verb: 'create', user, objectRef, requestObject: whole, responseObject: whole }, index)
}

function resourceOf(kind: string, apiGroup: string): string {
  const named = resourcesNamed(apiGroup === '' ? `${kind}.v1` : `${kind}.${apiGroup}`)
  return named.at(-1)?.resource ?? `${kind.toLowerCase()}s`
}
