// takeArrival: takes an observation of one object into its chain: asks slotIn with its neighbours, and puts what it says.

import { relink, slotIn, slotUnplaced, type Arrival } from '@plaintrail/history/revision-chain'
import type { Revision } from '@plaintrail/history/revision'
import type { HistoryArrival } from './history-arrivals.ts'
import type { ObjectChain } from './object-chain.ts'
import { eventOf, placeNumber, type KeptRevision } from './revision-row.ts'

/** To be called with the object's row locked. `isTaken`: it is a revision already, and changes nothing. */
export async function takeArrival(chain: ObjectChain, arrival: HistoryArrival, isTaken: boolean): Promise<void> {
  const place = placeNumber(arrival.observation)
  if (place !== null) await takePlaced(chain, arrival, place)
  else if (!isTaken) await takeUnplaced(chain, arrival)
}

async function takePlaced(chain: ObjectChain, arrival: HistoryArrival, place: number): Promise<void> {
  const near = await chain.around(place)
  const sameRow = near.same?.row
  const { earliest, latest, isRead } = arrival.observation
  // A state that is known, and was so before this read: it adds nothing, and no bytes need be read. Most items of lists.
  if (sameRow?.hasState === true && isRead && sameRow.latest < latest) return
  const before = await chain.load(near.before)
  const same = await chain.load(near.same)
  const after = await chain.load(near.after)
  const unplaced = await chain.unplacedIn([
    [near.before?.row.earliest ?? null, Math.max(latest, sameRow?.latest ?? latest)],
    [Math.min(earliest, sameRow?.earliest ?? earliest), near.after?.row.latest ?? null],
  ])
  const neighbours = {
    before: before?.revision ?? null,
    same: same?.revision ?? null,
    after: after?.revision ?? null,
    unplaced,
  }
  const slotted = slotIn(arrivalOf(arrival), neighbours)
  // What is not there to be compared with any more, since retention took its bytes, gives way to what is.
  if (slotted.write === null) return
  chain.put(keptOf(slotted.write, arrival, same), before?.revision ?? null)
  if (slotted.remade === null || after === null) return
  chain.put({ ...after, revision: slotted.remade }, slotted.write)
  if (slotted.goesOn) await remakeFrom(chain, slotted.remade)
}

/** Derived states follow from the one before: each next one is made anew until one shows its own. */
async function remakeFrom(chain: ObjectChain, remade: Revision): Promise<void> {
  let before = remade
  for (;;) {
    const place = placeNumber(before.observation)
    const next = place === null ? null : await chain.load((await chain.around(place)).after)
    if (next === null) return
    const { observation } = next.revision
    const unplaced = await chain.unplacedIn([[before.observation.earliest, observation.latest]])
    const revision = relink(next.revision, { before, unplaced })
    chain.put({ ...next, revision }, before)
    if (observation.object !== null || observation.sets.length === 0) return
    before = revision
  }
}

async function takeUnplaced(chain: ObjectChain, arrival: HistoryArrival): Promise<void> {
  const none = { before: null, same: null, after: null, unplaced: [] }
  const { write } = slotUnplaced(arrivalOf(arrival), none)
  if (write === null) return
  chain.putUnplaced({ revision: write, teller: arrival.teller, state: null })
  for (const entry of await chain.touchedBy(arrival.observation)) {
    const kept = await chain.load(entry)
    if (kept === null || entry.place === null) continue
    const near = await chain.around(entry.place)
    const before = await chain.load(near.before)
    const unplaced = await chain.unplacedIn([[near.before?.row.earliest ?? null, entry.row.latest]])
    const revision = relink(kept.revision, { before: before?.revision ?? null, unplaced })
    chain.put({ ...kept, revision }, before?.revision ?? null)
  }
}

const arrivalOf = ({ uid, observation, teller }: HistoryArrival): Arrival => ({
  uid,
  event: eventOf(teller),
  observation,
})

/** Where what slotIn made of the two is: it takes the maker of one, and its state of the other where the maker has none. */
function keptOf(revision: Revision, arrival: HistoryArrival, same: KeptRevision | null): KeptRevision {
  const isOwn = revision.event === eventOf(arrival.teller)
  if (!isOwn && same !== null) return { revision, teller: same.teller, state: arrival.teller }
  const isAdopted = arrival.observation.object === null && revision.observation.object !== null
  return { revision, teller: arrival.teller, state: isAdopted ? (same?.state ?? same?.teller ?? null) : null }
}
