// GET /v1/objects/{cluster}/{group}/{resource}/{ns}/{name}/at: the object as it was at a time, after an event or at a version.

import type { Request, Response } from 'express'
import { maskSecrets } from '@plaintrail/history/mask-secrets'
import { yamlOf } from '@plaintrail/history/unified-text'
import { stateReadBytes } from '../answer-memory.ts'
import type { RouteParts } from '../api-parts.ts'
import type { Caller } from '../authenticate.ts'
import { answerMarginMs, boundedQuestion } from '../bounded-question.ts'
import { commentLines } from '../comment-lines.ts'
import { revisionsIn, stateAnswer, whyNotOf, writersOf } from '../history-answer.ts'
import { askedHistory, stateAtPoint } from '../history-question.ts'
import { objectAnswer } from '../named-object.ts'
import { sendLarge } from '../send-large.ts'
import type { State, WhyNot } from '../schemas/revision-schemas.ts'
import { readPoint } from '../state-point.ts'

interface Asked {
  readonly time?: string | undefined
  readonly format?: 'json' | 'yaml' | undefined
}

export const yamlType = 'application/yaml'

export function getObjectAt(
  parts: RouteParts,
): (request: Request, response: Response, caller: Caller, input: { readonly query: Asked }) => Promise<void> {
  return async (request, response, caller, { query }) => {
    const point = readPoint(query.time ?? 'now', parts.nowUs(), 'time')
    const accepted = request.accepts(['application/json', yamlType])
    const isYaml = (query.format ?? (accepted === yamlType ? 'yaml' : 'json')) === 'yaml'
    await boundedQuestion(response, parts.questionMsMax + answerMarginMs, async (signal) => {
      using memory = await parts.rawMemory.take(response, stateReadBytes)
      signal.throwIfAborted()
      const asked = await askedHistory(parts, caller.scope, request)
      const state = await stateAtPoint(asked, point, 'time')
      signal.throwIfAborted()
      const writers = await writersOf(parts.store, revisionsIn(state))
      const { named } = asked.reader.history
      const answer = {
        object: objectAnswer(named),
        state: stateAnswer(state, writers, asked.followed),
        manifest: state.object && maskSecrets(state.object),
        why_not: whyNotOf(named, [state], writers),
        meta: { history: asked.followed },
      }
      signal.throwIfAborted()
      const text = isYaml
        ? `${commentOf(answer.state, answer.why_not)}${manifestText(answer.manifest)}`
        : JSON.stringify(answer)
      sendLarge(response, memory, isYaml ? yamlType : 'application/json', text)
    })
  }
}

/** UTF-16 units of JSON. To write 5 MB as YAML takes 3 s, in which nobody else is answered. */
const yamlCharsMax = 500_000

/** JSON is YAML too, and stands where the manifest is large. */
function manifestText(manifest: unknown): string {
  if (manifest === null) return ''
  const text = JSON.stringify(manifest, null, 2)
  return text.length > yamlCharsMax ? `${text}\n` : yamlOf(manifest)
}

/** Lines above a manifest, which kubectl reads over. */
function commentOf({ time, says, revision, uid }: State, whyNot: WhyNot | null): string {
  const by = revision?.actor ? ` by ${revision.actor.name}` : ''
  return commentLines([
    `As of ${time}${uid === null ? '' : `, uid ${uid}`}`,
    ...(revision === null ? [] : [`Revision ${revision.event} of ${revision.time}${by}`]),
    says,
    whyNot?.says ?? null,
    whyNot?.policy ?? null,
  ])
}
