// objectBlame: for each field of an object's state, the event that set it last.

import { blameAt, type Origin, type RevisionRef } from '@plaintrail/history/blame'
import { fieldManagers, likelyManager } from '@plaintrail/history/field-managers'
import { formatFieldPath } from '@plaintrail/history/field-path'
import { leafFields, type LeafField } from '@plaintrail/history/leaf-fields'
import { checkpointBefore } from './blame-checkpoint.ts'
import { jumpBlame, walkBlame, type BlamedObject, type BlameSources, type WalkBounds } from './blame-walk.ts'
import type { Store } from './open-store.ts'
import { createRevisionSources } from './revision-sources.ts'
import type { SegmentItems } from './segment-items.ts'

export interface BlamedField extends Omit<LeafField, 'path'> {
  readonly path: string
  readonly how: Origin['how']
  /** Null where nothing tells of it. */
  readonly revision: RevisionRef | null
  readonly after: RevisionRef | null
  /** Who managedFields say set it: a claim. Null where they do not. */
  readonly manager: string | null
}

export interface ObjectBlame {
  /** In the order of the object; events are named by their ids. */
  readonly fields: readonly BlamedField[]
  /**
   * `fields`: there are more. `revisions`: there were more revisions than could be looked at, so some fields are
   * `set-or-unseen` or `unseen` although the revision that set them is stored; `after` is then the last that is known to.
   */
  readonly cut: readonly ('fields' | 'revisions')[]
}

export interface BlameBounds extends WalkBounds {
  readonly fieldsMax: number
  /** Diffs for fields that are noise, which checkpoints know nothing of. */
  readonly noiseStepsMax: number
}

/** A diff takes some 0.2 ms, of 5 MB half a second. Checkpoints stand every 50 revisions, but those of the last minutes. */
export const blameBounds: BlameBounds = { stepsMax: 1_000, msMax: 3_000, fieldsMax: 10_000, noiseStepsMax: 100 }

export interface BlameQuestion {
  /** Of the revision in force. */
  readonly place: number
  readonly withNoise: boolean
}

/** Null where the state is not known. Whoever asks has seen that the object is one to be seen. */
export async function objectBlame(
  store: Store,
  object: BlamedObject,
  { place, withNoise }: BlameQuestion,
  items: SegmentItems,
  bounds: BlameBounds = blameBounds,
): Promise<ObjectBlame | null> {
  const reader = { queries: store.pool, sources: createRevisionSources(items), items }
  const found = await blameUpTo(reader, object, place, bounds)
  if (found === null || found.known === null) return null
  const noisy = withNoise ? await noiseUpTo(reader, object, place, bounds) : null
  const state = noisy?.known ?? found.known
  const { fields, isCut } = leafFields(state, { withNoise, fieldsMax: bounds.fieldsMax })
  const managers = fieldManagers(state)
  const blamed = fields.map(({ path, ...field }): BlamedField => {
    const origin = blameAt(field.noise && noisy !== null ? noisy.blame : found.blame, path)
    const { how = 'unseen', revision = null, after = null } = origin ?? {}
    return {
      path: formatFieldPath(path),
      ...field,
      how,
      revision,
      after,
      manager: likelyManager(managers(path), revision),
    }
  })
  const isShort = found.isCut !== null || (noisy !== null && noisy.isCut !== null)
  return {
    fields: blamed,
    cut: [...(isCut ? (['fields'] as const) : []), ...(isShort ? (['revisions'] as const) : [])],
  }
}

async function blameUpTo(reader: BlameSources, object: BlamedObject, place: number, bounds: BlameBounds) {
  const from = await checkpointBefore(reader.queries, object.id, place)
  const walked = await walkBlame(reader, object, { from, to: place, withNoise: false }, bounds)
  if (walked === null) return from && { ...from, isCut: null }
  if (walked.isCut !== 'time') return walked
  return await jumpBlame(reader, object, walked, place)
}

/** Of the last revisions of any kind. */
async function noiseUpTo(reader: BlameSources, object: BlamedObject, place: number, bounds: BlameBounds) {
  const few = { ...bounds, stepsMax: bounds.noiseStepsMax }
  const walked = await walkBlame(reader, object, { from: null, to: place, withNoise: true }, few)
  return walked?.isCut === 'time' ? await jumpBlame(reader, object, walked, place) : walked
}
