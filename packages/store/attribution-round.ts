// AttributionRound: attributes events in memory, looks up what they ask for, and knows of which something new is said.

import { attribute, type AttributionOptions } from '@plaintrail/history/attribute'
import { initiatorByItself } from '@plaintrail/history/initiator-by-itself'
import type { AttributedEvent } from '@plaintrail/history/initiator-facts'
import type { Attribution } from '@plaintrail/history/initiator'
import { KnownFacts, skewUsMax, type LookedUp } from '@plaintrail/history/known-facts'
import type { PoolClient } from 'pg'
import { dependencyHash, factDigest, placeOfEvent } from './initiator-digests.ts'
import { readFacts, type FactsOfKey } from './initiator-facts.ts'
import { asKept, readAttributions, type KeptAttribution } from './initiator-rows.ts'

/** Each look needs the one before it: the owner, the owner's changes, who is behind these; and a chain has 16 links. */
const looksMax = 24

/** Of one transaction that holds the cluster: nobody else writes what is read here. Belongs to one batch. */
export class AttributionRound {
  readonly #client: PoolClient
  readonly #clusterId: number
  readonly #options: AttributionOptions
  readonly #events = new Map<string, AttributedEvent>()
  /** What is said of each now; null where it says all by itself. */
  readonly #results = new Map<string, KeptAttribution | null>()
  /** By the id of an event, those that asked who is behind it. */
  readonly #askers = new Map<string, Set<string>>()
  readonly #stored = new Map<string, KeptAttribution | null>()
  readonly #facts = new Map<string, FactsOfKey>()

  constructor(client: PoolClient, clusterId: number, options: AttributionOptions) {
    this.#client = client
    this.#clusterId = clusterId
    this.#options = options
  }

  /** Until nothing more changes among all that were taken. */
  async take(taken: readonly AttributedEvent[]): Promise<void> {
    const fresh = taken.filter(({ id }) => !this.#events.has(id)).toSorted(inCausalOrder)
    for (const seen of fresh) this.#events.set(seen.id, seen)
    const ids = fresh.map(({ id }) => id)
    await this.#readStored(ids)
    let again: readonly string[] = ids
    for (let looks = 0; looks < looksMax && again.length > 0; looks++) {
      const missing: Missing = { facts: new Set(), exact: new Map(), events: new Set() }
      const next = new Set(again.flatMap((id) => this.#attribute(id, missing)))
      await this.#lookUp(missing)
      again = [...next].toSorted((one, other) => compareSeen(this.#events.get(one), this.#events.get(other)))
    }
  }

  has(id: string): boolean {
    return this.#events.has(id)
  }

  /** Of which something else is said than is kept; null where nothing is to be kept any more. */
  changed(): ReadonlyMap<string, KeptAttribution | null> {
    return new Map([...this.#results].filter(([id, kept]) => !isSameKept(this.#stored.get(id) ?? null, kept)))
  }

  /** The ids of those to be attributed again, once what they lack is looked up. */
  #attribute(id: string, missing: Missing): readonly string[] {
    const seen = this.#events.get(id)
    if (seen === undefined) return []
    const known = new KnownFacts(seen, this.#lookedUpBy(seen))
    const attribution = attribute(seen, known, this.#options)
    for (const key of known.missing) {
      if (this.#facts.has(key)) missing.exact.set(exactKey(key, seen), { key, untilUs: untilOf(seen) })
      else missing.facts.add(key)
    }
    for (const event of known.missingEvents) missing.events.add(event)
    for (const key of known.looked) if (isEventId(key)) this.#note(key, id)
    const kept = this.#keptOf(seen, attribution, known.looked)
    const isSame = isSameKept(this.#results.get(id), kept)
    this.#results.set(id, kept)
    const own = known.missing.size > 0 || known.missingEvents.size > 0 ? [id] : []
    return isSame ? own : [...own, ...(this.#askers.get(id) ?? [])]
  }

  #lookedUpBy(seen: AttributedEvent): LookedUp {
    return {
      factsOf: (key) => {
        const known = this.#facts.get(exactKey(key, seen)) ?? this.#facts.get(key)
        return known === undefined || known.isCut ? undefined : known.facts
      },
      attributionOf: (id) => {
        const kept = this.#results.has(id) ? this.#results.get(id) : this.#stored.get(id)
        return kept === undefined ? undefined : (kept?.attribution ?? null)
      },
    }
  }

  #note(event: string, asker: string): void {
    const known = this.#askers.get(event)
    if (known === undefined) this.#askers.set(event, new Set([asker]))
    else known.add(asker)
  }

  #keptOf(seen: AttributedEvent, attribution: Attribution, looked: ReadonlySet<string>): KeptAttribution | null {
    const alone = initiatorByItself({ ...seen.event, id: seen.id })
    // Whose token an account uses is told where somebody is behind it, or not at all.
    const own = [...looked].filter((key) => !key.startsWith('issue/'))
    const isAlone = alone !== null && own.length === 0 && isSameBut(alone, attribution)
    return isAlone
      ? null
      : asKept(
          attribution,
          [...looked].map((text) => this.#hashOf(text)),
        )
  }

  #hashOf(text: string): string {
    return dependencyHash(isEventId(text) ? placeOfEvent(text).key : factDigest(this.#clusterId, text))
  }

  async #lookUp({ facts, exact, events }: Missing): Promise<void> {
    // Later ones too: which came before is told by versions, and not by clocks.
    const ever = Number.MAX_SAFE_INTEGER
    for (const [key, found] of await readFacts(this.#client, this.#clusterId, [...facts], ever)) {
      this.#facts.set(key, found)
    }
    for (const [name, { key, untilUs: until }] of exact) {
      const found = (await readFacts(this.#client, this.#clusterId, [key], until + skewUsMax)).get(key)
      this.#facts.set(name, { facts: found?.facts ?? [], isCut: false })
    }
    await this.#readStored([...events])
  }

  async #readStored(ids: readonly string[]): Promise<void> {
    for (const [id, kept] of await readAttributions(this.#client, ids)) this.#stored.set(id, kept)
  }
}

interface Missing {
  readonly facts: Set<string>
  /** Of facts that are so many that those before an event were left out. */
  readonly exact: Map<string, { readonly key: string; readonly untilUs: number }>
  readonly events: Set<string>
}

/** No key of a fact begins so. */
function isEventId(text: string): boolean {
  return text.startsWith('evt_')
}

function untilOf({ event }: AttributedEvent): number {
  return event.stageTime ?? event.time
}

function exactKey(key: string, seen: AttributedEvent): string {
  return `${key}\0${untilOf(seen)}`
}

/** Causes before effects, as far as time says. */
function inCausalOrder(one: AttributedEvent, other: AttributedEvent): number {
  return untilOf(one) - untilOf(other) || (one.id < other.id ? -1 : 1)
}

function compareSeen(one: AttributedEvent | undefined, other: AttributedEvent | undefined): number {
  return one === undefined || other === undefined ? 0 : inCausalOrder(one, other)
}

/** But for how sure it is. */
function isSameBut(one: Attribution, other: Attribution): boolean {
  return JSON.stringify({ ...one, confidence: '' }) === JSON.stringify({ ...other, confidence: '' })
}

function isSameKept(one: KeptAttribution | null | undefined, other: KeptAttribution | null): boolean {
  if (one === undefined) return false
  if (one === null || other === null) return one === other
  return signatureOf(one) === signatureOf(other)
}

/** Postgres keeps the members of jsonb in an order of its own. */
function signatureOf({ attribution, looked }: KeptAttribution): string {
  const { initiator, confidence, chain, considered } = attribution
  const links = chain.map(({ what, event, why }) => [what, event, why])
  return JSON.stringify([initiator.kind, initiator.name, confidence, links, considered, looked.toSorted()])
}
