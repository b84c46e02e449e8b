// askedHistory: the history of the object that a path names, and how far it has come.

import type { Request } from 'express'
import { matches } from '@plaintrail/query/ast'
import type { Scope } from '@plaintrail/query/scope'
import { findGaps } from '@plaintrail/store/gaps'
import { isNamed } from '@plaintrail/store/loose-writes'
import { namedHistory } from '@plaintrail/store/named-history'
import { namedState, type HistoryPoint, type NamedState, type StateReader } from '@plaintrail/store/named-state'
import type { RouteParts } from './api-parts.ts'
import { followedOf } from './history-answer.ts'
import { namedObject, noSuchObject } from './named-object.ts'
import type { Followed } from './schemas/revision-schemas.ts'
import { noSuchPoint } from './state-point.ts'

export interface AskedHistory {
  readonly reader: StateReader
  readonly followed: Followed
}

/** Throws a Problem where no event names the object, and a QueryError where the path can name none. */
export async function askedHistory(parts: RouteParts, scope: Scope, request: Request): Promise<AskedHistory> {
  const { store, segmentItems: items } = parts
  const named = await namedObject(store, scope, request)
  // Asked first: what is followed meanwhile is more than is said, and never less.
  const followed = await followedOf(store, scope, named)
  const history = await namedHistory(store, scope, named)
  if (history.objectIds.length === 0 && !(await isNamed(store, history))) throw noSuchObject()
  return { reader: { store, history, items }, followed }
}

/** Throws a QueryError where the point is an event that is not one of this object. */
export async function stateAtPoint(
  { reader }: AskedHistory,
  point: HistoryPoint,
  parameter: string,
): Promise<NamedState> {
  const state = await namedState(reader, point)
  if (state === null) throw noSuchPoint(parameter)
  return point.kind === 'time' ? await withGaps(reader, state) : state
}

/** Where events are known to be missing since what made the state, one of them may have been a write. */
async function withGaps({ store, history: { scope, named } }: StateReader, state: NamedState): Promise<NamedState> {
  if (state.revision === null || state.revision.timeUs > state.timeUs) return state
  const window = { sinceUs: state.revision.timeUs, untilUs: state.timeUs + 1 }
  const [gap] = await findGaps(store, scope, window, matches('cluster', [[named.cluster.name]]))
  if (gap === undefined) return state
  const says = `events of this cluster are known to be missing, from ${gap.from} to ${gap.to}`
  return { ...state, doubts: [...state.doubts, says] }
}
