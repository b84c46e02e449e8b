// askedHistory: the history of the object that a path names, and how far it has come.

import type { Request } from 'express'
import type { Scope } from '@plaintrail/query/scope'
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
  return state
}
