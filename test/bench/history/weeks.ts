// benchWeeks: the recorded weeks as bodies of posts, whole and with their writes alone.

import { scanEventList } from '@plaintrail/event/scan'
import { corpusOf, corpusVersions } from '../../corpus.ts'

/** The posts of one cluster, in their order. */
export interface Week {
  readonly bodies: readonly Buffer[]
  readonly events: number
}

/** One of each recorded version. */
export function wholeWeeks(): readonly Week[] {
  return corpusVersions().map((version) => weekOf(corpusOf(version).lists.map((list) => itemsOf(Buffer.from(list)))))
}

const writeVerbs = new Set(['create', 'update', 'patch', 'delete', 'deletecollection'])

/** Without reads: what is left out cost an ingest without history as much as one with it. */
export function writeWeeks(): readonly Week[] {
  return corpusVersions().map((version) =>
    weekOf(corpusOf(version).lists.map((list) => itemsOf(Buffer.from(list)).filter(isWrite))),
  )
}

function weekOf(lists: readonly (readonly string[])[]): Week {
  const posted = lists.filter((items) => items.length > 0)
  return {
    bodies: posted.map((items) => Buffer.from(`{"kind":"EventList","items":[${items.join(',')}]}`)),
    events: posted.reduce((sum, { length }) => sum + length, 0),
  }
}

function isWrite(item: string): boolean {
  const { verb } = JSON.parse(item) as { readonly verb?: string }
  return verb !== undefined && writeVerbs.has(verb)
}

export function itemsOf(body: Buffer): readonly string[] {
  const { bounds } = scanEventList(body)
  return Array.from({ length: bounds.length / 2 }, (_, item) =>
    body.subarray(bounds[2 * item], bounds[2 * item + 1]).toString(),
  )
}
