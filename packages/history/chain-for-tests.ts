// ChainForTests: what the store does with rows, done with a list: finds the neighbours of each arrival and writes what
// slotIn answers.

import type { Event } from '@plaintrail/event/event'
import { normalize } from '@plaintrail/event/normalize'
import { isJsonObject } from './json-values.ts'
import type { Observation } from './observation.ts'
import { objectStatesOf } from './object-state.ts'
import { relink, slotIn, slotUnplaced, type Arrival } from './revision-chain.ts'
import { comparePlaces, placeOf, type Place, type Revision } from './revision.ts'

export class ChainForTests {
  /** In their order. */
  placed: Revision[] = []
  unplaced: Revision[] = []

  take(arrival: Arrival): void {
    const place = placeOf(arrival.observation)
    if (place === null) this.#takeUnplaced(arrival)
    else this.#takePlaced(arrival, place)
  }

  #takePlaced(arrival: Arrival, place: Place): void {
    const compare = (revision: Revision): number => comparePlaces(placeIn(revision), place)
    const before = this.placed.findLast((revision) => compare(revision) < 0) ?? null
    const same = this.placed.find((revision) => compare(revision) === 0) ?? null
    const after = this.placed.find((revision) => compare(revision) > 0) ?? null
    const slotted = slotIn(arrival, { before, same, after, unplaced: this.unplaced })
    if (slotted.write === null) return
    const others = this.placed.filter((revision) => revision !== same)
    const at = others.findIndex((revision) => compare(revision) > 0)
    this.placed = others.toSpliced(at === -1 ? others.length : at, 0, slotted.write)
    if (slotted.remade !== null) this.#remake(slotted.remade, slotted.goesOn)
  }

  #takeUnplaced(arrival: Arrival): void {
    if (this.unplaced.some(({ event }) => event === arrival.event)) return
    const { earliest } = arrival.observation
    const slotted = slotUnplaced(arrival, { before: null, same: null, after: null, unplaced: this.unplaced })
    if (slotted.write !== null) this.unplaced = [...this.unplaced, slotted.write].toSorted(byTime)
    // Every link that its time touches, as the store finds them by time.
    for (const [at, revision] of this.placed.entries()) {
      if (revision.observation.latest < earliest) continue
      const before = this.placed[at - 1] ?? null
      this.placed[at] = relink(revision, { before, unplaced: this.unplaced })
    }
  }

  #remake(remade: Revision, goesOn: boolean): void {
    const at = this.placed.findIndex((revision) => comparePlaces(placeIn(revision), placeIn(remade)) === 0)
    this.placed[at] = remade
    for (let next = at + 1, more = goesOn; more && next < this.placed.length; next++) {
      const revision = this.placed[next]
      if (revision === undefined) return
      this.placed[next] = relink(revision, { before: this.placed[next - 1] ?? null, unplaced: this.unplaced })
      more = revision.observation.object === null && revision.observation.sets.length > 0
    }
  }
}

/** An update of a ConfigMap, with what a test says of it. */
export function observationOf(part: Partial<Observation>): Observation {
  return {
    uid: 'u',
    apiGroup: '',
    apiVersion: 'v1',
    resource: 'configmaps',
    kind: 'ConfigMap',
    namespace: 'shop',
    name: 'web',
    resourceVersion: null,
    generation: null,
    observed: 'state',
    object: null,
    isRead: false,
    isCreate: false,
    verb: 'update',
    subresource: '',
    isStatusOnly: false,
    sets: [],
    patch: null,
    basedOn: null,
    manager: { name: 'kubectl', operation: 'Update' },
    earliest: 0,
    latest: 0,
    isRedacted: false,
    lacks: null,
    ...part,
  }
}

/** The slow way: everything sorted, one of each place, and each made from what stands before it. */
export function sortedChain(arrivals: readonly Arrival[]): Pick<ChainForTests, 'placed' | 'unplaced'> {
  const late = new ChainForTests()
  const once = new Map(arrivals.map((arrival) => [arrival.event, arrival]))
  const isPlaced = ({ observation }: Arrival): boolean => placeOf(observation) !== null
  const sorted = [...once.values()].filter(isPlaced).toSorted(byPlace)
  for (const arrival of once.values()) if (!isPlaced(arrival)) late.take(arrival)
  const { unplaced } = late
  const places = Map.groupBy(sorted, ({ observation }) => JSON.stringify(comparable(observation)))
  const placed: Revision[] = []
  for (const same of places.values()) {
    const [maker] = same.toSorted(byMaking)
    const whole = same.find(({ observation }) => observation.object !== null)
    if (maker === undefined) continue
    const adopted = maker.observation.object === null && whole !== undefined ? adopt(maker, whole) : maker
    placed.push(relink(adopted, { before: placed.at(-1) ?? null, unplaced }))
  }
  return { placed, unplaced }
}

function comparable(observation: Observation): unknown {
  const place = placeOf(observation)
  return place?.isEnd === true ? 'end' : place
}

function adopt({ uid, event, observation }: Arrival, whole: Arrival): Arrival {
  const { object, observed, apiVersion, kind, generation, isRedacted } = whole.observation
  const state = { object, apiVersion, kind, generation, isRedacted, lacks: null }
  const isEnd = observation.observed === 'deleted'
  return { uid, event, observation: { ...observation, ...state, observed: isEnd ? 'deleted' : observed } }
}

/** Who made a version comes first. */
function byMaking(a: Arrival, b: Arrival): number {
  const ranks = [a, b].map(
    ({ observation: { isCreate, isRead, basedOn, resourceVersion, observed, latest, earliest } }) => [
      isCreate ? 0 : 1,
      isRead || (basedOn !== null && basedOn === resourceVersion && observed !== 'deleted') ? 1 : 0,
      latest,
      earliest,
    ],
  )
  const [mine = [], other = []] = ranks
  const at = mine.findIndex((rank, index) => rank !== other[index])
  return at === -1 ? (a.event < b.event ? -1 : 1) : (mine[at] ?? 0) - (other[at] ?? 0)
}

/** Every observation of a list of raw events whose uid is told, with an id of its own. */
export function arrivalsOf(raws: readonly unknown[]): readonly (Arrival & { readonly raw: Event })[] {
  return raws.flatMap((raw, at) => {
    const event = normalize(raw)
    if (event === null || !isJsonObject(raw)) return []
    return objectStatesOf({ raw, event }).observations.flatMap((observation, part) =>
      observation.uid === null
        ? []
        : [{ uid: observation.uid, event: `${String(at).padStart(6, '0')}.${part}`, observation, raw: event }],
    )
  })
}

function placeIn({ observation }: Revision): Place {
  return placeOf(observation) ?? { isEnd: false, resourceVersion: null }
}

function byTime(a: Arrival, b: Arrival): number {
  return a.observation.earliest - b.observation.earliest || (a.event < b.event ? -1 : 1)
}

function byPlace(a: Arrival, b: Arrival): number {
  const [x, y] = [placeOf(a.observation), placeOf(b.observation)]
  if (x === null || y === null) return 0
  return comparePlaces(x, y) || (a.event < b.event ? -1 : 1)
}
