// readManifests: manifests as the events of their creation, so that rules judge them before anybody applies them.
import { isClusterScoped, resourcesNamed } from '@plaintrail/event/resources'
import { isJsonObject, type JsonObject } from '@plaintrail/history/json-values'
import { completedEvent } from './completed-event.ts'
import { yamlCharactersMax, type FileEvents } from './event-file.ts'
import { jsonOf } from './located.ts'
import { readDocuments } from './read-documents.ts'
import { Problems } from './rule-error.ts'
import { sourcePlaces } from './source-places.ts'

/** Who creates, in the event: a person to the rules, as whoever applies it would be. */
const manifestUser = 'ci'
/** Lists within lists. */
const levelsMax = 8

/** Of every object in a text of YAML documents or JSON, also of those in lists; none of what is no object of Kubernetes. */
export function readManifests(text: string): FileEvents {
  const placeAt = sourcePlaces(text)
  const problems = new Problems(placeAt)
  if (text.length > yamlCharactersMax) {
    problems.add(0, `could not read it: it has more than ${yamlCharactersMax} characters`, 'Split it.')
    return { events: [], errors: problems.inOrder() }
  }
  const events = readDocuments(text, problems).flatMap(({ root }) => {
    const { line } = placeAt(root.from)
    return objectsIn(jsonOf(root), 0).map((object, index) => ({ raw: createEvent(object, index), line }))
  })
  return { events, errors: problems.inOrder() }
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
