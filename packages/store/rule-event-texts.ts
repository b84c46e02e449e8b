// createEventTexts: what the ids in rows stand for, as parts of events: made once for each id, for most rows of a batch have
// the same few.

import { actorTypes, type Event } from '@plaintrail/event/event'
import type { EventRecord } from './find-records.ts'
import type { Store } from './open-store.ts'
import { readDimensions, type Texts } from './read-dimensions.ts'

export interface EventTexts {
  /** Reads what is not known yet of some rows: before that the functions below throw. */
  know(records: readonly EventRecord[]): Promise<void>
  actor(id: number): Pick<Event['actor'], 'name' | 'type'>
  groups(id: number): Event['actor']['groups']
  source(id: number): Event['source']
  client(id: number): Event['client']
  resource(id: number): Pick<NonNullable<Event['object']>, 'apiGroup' | 'apiVersion' | 'resource' | 'subresource'>
  namespace(id: number): string
  verb(id: number): string
  reason(id: number): string
}

/** Entries of one kind; when there are more, it starts again. */
const entriesMax = 20_000

export function createEventTexts(store: Store): EventTexts {
  const actors = kindOf((texts, id) => {
    const [name = '', type = ''] = texts('actor', id)
    return { name, type: actorTypes.find((known) => known === type) ?? 'human' } as const
  })
  const groups = kindOf((texts, id) => listOf(texts('actor_groups', id)[0]))
  const sources = kindOf((texts, id) => {
    const [peer = '', claimed] = texts('source', id)
    return { peer: peer === '' ? null : peer, claimed: listOf(claimed) }
  })
  const clients = kindOf((texts, id) => {
    const [userAgent = '', name = '', version = ''] = texts('client', id)
    return { userAgent, name: name || null, version: version || null }
  })
  const resources = kindOf((texts, id) => {
    const [apiGroup = '', apiVersion = '', resource = '', subresource = ''] = texts('resource', id)
    return { apiGroup, apiVersion, resource, subresource }
  })
  const namespaces = kindOf((texts, id) => texts('namespace', id)[0] ?? '')
  const verbs = kindOf((texts, id) => texts('verb', id)[0] ?? '')
  const reasons = kindOf((texts, id) => texts('reason', id)[0] ?? '')

  const isKnown = (record: EventRecord): boolean =>
    actors.has(record.actorId) &&
    actors.has(record.impersonatedId) &&
    groups.has(record.groupsId) &&
    sources.has(record.sourceId) &&
    clients.has(record.clientId) &&
    resources.has(record.resourceId) &&
    namespaces.has(record.namespaceId) &&
    verbs.has(record.verbId) &&
    reasons.has(record.reasonId)

  return {
    async know(records) {
      const kinds = [actors, groups, sources, clients, resources, namespaces, verbs, reasons]
      if (kinds.some((kind) => kind.size() > entriesMax)) for (const kind of kinds) kind.clear()
      const unknown = records.filter((record) => !isKnown(record))
      if (unknown.length === 0) return
      const texts = await readDimensions(store, unknown)
      for (const record of unknown) {
        actors.keep(record.actorId, texts)
        actors.keep(record.impersonatedId, texts)
        groups.keep(record.groupsId, texts)
        sources.keep(record.sourceId, texts)
        clients.keep(record.clientId, texts)
        resources.keep(record.resourceId, texts)
        namespaces.keep(record.namespaceId, texts)
        verbs.keep(record.verbId, texts)
        reasons.keep(record.reasonId, texts)
      }
    },
    actor: (id) => actors.get(id),
    groups: (id) => groups.get(id),
    source: (id) => sources.get(id),
    client: (id) => clients.get(id),
    resource: (id) => resources.get(id),
    namespace: (id) => namespaces.get(id),
    verb: (id) => verbs.get(id),
    reason: (id) => reasons.get(id),
  }
}

interface Kind<Part> {
  size(): number
  clear(): void
  has(id: number | null): boolean
  keep(id: number | null, texts: Texts): void
  get(id: number): Part
}

function kindOf<Part>(make: (texts: Texts, id: number) => Part): Kind<Part> {
  const known = new Map<number, Part>()
  return {
    size: () => known.size,
    clear: () => known.clear(),
    has: (id) => id === null || known.has(id),
    keep(id, texts) {
      if (id !== null && !known.has(id)) known.set(id, make(texts, id))
    },
    get(id) {
      const part = known.get(id)
      if (part === undefined) throw new Error(`could not tell an event: what ${id} stands for was not read`)
      return part
    },
  }
}

const none: readonly string[] = []

/** A JSON array of texts, as event-rows.ts wrote it. */
function listOf(json = '[]'): readonly string[] {
  const list: unknown = JSON.parse(json)
  return Array.isArray(list) ? list.filter((value) => typeof value === 'string') : none
}
