// GET /v1/objects/{cluster}/{group}/{resource}/{ns}/{name}/undo: the patches and the commands that take a change back.

import type { Request, Response } from 'express'
import { diffObjects, type Change } from '@plaintrail/history/diff-objects'
import { formatFieldPath } from '@plaintrail/history/field-path'
import type { Link } from '@plaintrail/history/revision'
import { isOfStatusWrite } from '@plaintrail/history/status-writes'
import { undoCommands, type UndoCommand } from '@plaintrail/history/undo-command'
import { undoneMax, undoPatch, type UndoPatch } from '@plaintrail/history/undo-patch'
import type { ClusterObject } from '@plaintrail/store/named-history'
import type { NamedState } from '@plaintrail/store/named-state'
import { changersSince, revisionStep, type RevisionStep } from '@plaintrail/store/revision-step'
import { stateReadBytes } from '../answer-memory.ts'
import type { RouteParts } from '../api-parts.ts'
import type { Caller } from '../authenticate.ts'
import { answerMarginMs, boundedQuestion } from '../bounded-question.ts'
import { changeAnswers } from '../change-answer.ts'
import { revisionRef, revisionsIn, stateAnswer, whyNot, whyNotOf, writersOf, type Writers } from '../history-answer.ts'
import { askedHistory, stateAtPoint } from '../history-question.ts'
import { objectAnswer } from '../named-object.ts'
import type { WhyNot } from '../schemas/revision-schemas.ts'
import { sendLarge } from '../send-large.ts'
import { noSuchPoint, readPoint } from '../state-point.ts'

interface Asked {
  readonly event: string
}

export function getObjectUndo(
  parts: RouteParts,
): (request: Request, response: Response, caller: Caller, input: { readonly query: Asked }) => Promise<void> {
  return async (request, response, caller, { query }) => {
    const nowUs = parts.nowUs()
    const point = readPoint(query.event, nowUs, 'event')
    if (point.kind !== 'event') throw noSuchPoint('event')
    await boundedQuestion(response, parts.questionMsMax + answerMarginMs, async (signal) => {
      using memory = await parts.rawMemory.take(response, stateReadBytes)
      signal.throwIfAborted()
      const asked = await askedHistory(parts, caller.scope, request)
      const { reader, followed } = asked
      const { named } = reader.history
      const step = await revisionStep(reader, point.id)
      if (step === null) throw noSuchPoint('event')
      signal.throwIfAborted()
      const now = await stateAtPoint(asked, { kind: 'time', timeUs: nowUs }, 'event')
      signal.throwIfAborted()
      const changes = changesOf(step)
      const undo = undoOf(step, now, changes)
      const conflicts = undo === null ? [] : undo.conflicts.map(formatFieldPath)
      const since = step.revision?.timeUs ?? 0
      const changers = step.objectId === null ? new Map() : await changersSince(reader, step.objectId, since, conflicts)
      const writers = await writersOf(parts.store, [...revisionsIn(now), step.revision, ...changers.values()])
      signal.throwIfAborted()
      const answer = {
        object: objectAnswer(named),
        event: point.id,
        state: stateAnswer(now, writers, followed),
        ...patchesOf(named, undo),
        conflicts: conflicts.map((path) => {
          const by = changers.get(path)
          return { path, says: conflictSays, by: by === undefined ? null : revisionRef(by, writers) }
        }),
        refused: refusedOf({ step, now, changes }, undo),
        doubts: doubtsOf(step, now, changes),
        why_not: whyNotStep(named, { step, now }, writers),
        meta: { history: followed },
      }
      sendLarge(response, memory, 'application/json', JSON.stringify(answer))
    })
  }
}

function doubtsOf({ revision }: RevisionStep, now: NamedState, changes: readonly Change[]): readonly string[] {
  const isOther = revision !== null && now.uid !== null && revision.uid !== now.uid
  const other = 'the event changed another object of this name, and the patches are for the one that has it now'
  return [...(isOther ? [other] : []), ...(revision === null ? [] : doubtsOfLink(revision.link, changes))]
}

/** What only speaks of status leaves sure what a patch takes back, but where that is a status that people decide. */
function doubtsOfLink({ adjacency, reasons }: Link, changes: readonly Change[]): readonly string[] {
  const isDoubtful = adjacency !== 'but-status' || changes.some((one) => !one.noise && isOfStatusWrite(one))
  return isDoubtful ? reasons.map(({ says }) => says) : []
}

const conflictSays = 'It was changed again since, so no patch touches it.'

/** None where one of the states is not known. */
function changesOf({ revision, before, after, lacks }: RevisionStep): readonly Change[] {
  if (revision === null || lacks !== null) return []
  return diffObjects(before ?? undefined, after ?? undefined).changes
}

/** Null where a state is not known, or there is nothing to patch. */
function undoOf(step: RevisionStep, now: NamedState, changes: readonly Change[]): UndoPatch | null {
  if (step.revision === null || step.lacks !== null || now.object === null) return null
  return undoPatch(now.object, changes)
}

function patchesOf(named: ClusterObject, undo: UndoPatch | null): object {
  if (undo?.kind !== 'patch')
    return { changes: [], patches: { json: null, merge: null, strategic: null }, commands: [] }
  const { json, merge, strategic, changes } = undo
  return {
    changes: changeAnswers(changes),
    patches: { json, merge, strategic },
    commands: undoCommands(named, undo).map(({ how, line }) => ({ line, says: commandSays[how] })),
  }
}

const commandSays: Readonly<Record<UndoCommand['how'], string>> = {
  scale: 'Sets the number of replicas back, if it is still what the event made it.',
  'set-image': 'Sets the images back, and nothing else.',
  patch: 'Takes all of these changes back.',
}

interface Sources {
  readonly step: RevisionStep
  readonly now: NamedState
  /** Of the step. */
  readonly changes: readonly Change[]
}

function refusedOf(
  { step, now, changes }: Sources,
  undo: UndoPatch | null,
): readonly { readonly path: string; readonly says: string }[] {
  if (step.revision === null) return [{ path: '', says: 'The event changed nothing that is known.' }]
  if (now.presence === 'gone')
    return [{ path: '', says: 'The object is gone, and no patch brings it back: its manifest before is at `at`.' }]
  if (step.lacks !== null || now.object === null)
    return [{ path: '', says: 'A state that is needed for it is not known.' }]
  return undo?.kind === 'refused' ? refusalOf(undo, changes) : []
}

function refusalOf(
  { why, conflicts }: Extract<UndoPatch, { readonly kind: 'refused' }>,
  changes: readonly Change[],
): readonly { readonly path: string; readonly says: string }[] {
  switch (why) {
    case 'whole':
      return [{ path: '', says: 'The event made the object, or ended it: no patch takes that back.' }]
    case 'too-many':
      return [{ path: '', says: `The event changed more than ${undoneMax} fields, and one patch takes back no more.` }]
    case 'secret':
      return secretsOf(changes).map((path) => ({ path, says: 'Its value before is a secret, which is not stored.' }))
    case 'nothing':
      return [
        {
          path: '',
          says:
            conflicts.length > 0
              ? 'All of it was changed again since.'
              : 'There is nothing to take back: it is as it was before.',
        },
      ]
    default:
      return why satisfies never
  }
}

/** Where a secret would have to be written. */
function secretsOf(changes: readonly Change[]): readonly string[] {
  return changes
    .filter(({ noise, op, secret }) => !noise && op !== 'add' && secret !== undefined)
    .map(({ path }) => formatFieldPath(path))
}

function whyNotStep(
  named: ClusterObject,
  { step, now }: { readonly step: RevisionStep; readonly now: NamedState },
  writers: Writers,
): WhyNot | null {
  if (step.lacks === null) return whyNotOf(named, [now], writers)
  return whyNot(named, step.lacks, step.revision === null ? undefined : writers.get(step.revision.event)?.level)
}
