// What attribution reads of an event's bodies: the object's uid, version, owners, annotations; all may be missing.

import type { AttributedEvent, OwnerReference } from './initiator-facts.ts'
import { isJsonObject, memberOf, type JsonObject } from './json-values.ts'
import { versionOf } from './observed-body.ts'

/** More are not read; the API server keeps no bound of its own but the object's size. */
const ownersMax = 20
const none: JsonObject = {}

export function childOf(value: unknown, name: string): JsonObject {
  const child = isJsonObject(value) ? memberOf(value, name) : null
  return isJsonObject(child) ? child : none
}

export function textIn(value: unknown, name: string): string | null {
  const text = isJsonObject(value) ? memberOf(value, name) : null
  return typeof text === 'string' && text !== '' ? text : null
}

export function numberIn(value: unknown, name: string): number | null {
  const number = isJsonObject(value) ? memberOf(value, name) : null
  return typeof number === 'number' && Number.isFinite(number) ? number : null
}

/** The object that the event answers with or, at level Request, asks for; a Status, a List or nothing is an empty one. */
export function bodyIn({ raw }: Pick<AttributedEvent, 'raw'>): JsonObject {
  const answer = raw['responseObject']
  if (textIn(childOf(answer, 'metadata'), 'uid') !== null) return isJsonObject(answer) ? answer : none
  return isJsonObject(raw['requestObject']) ? raw['requestObject'] : none
}

/** Of the object, as the API server says it: its answer, a Status' details, a delete's precondition, or objectRef. */
export function uidIn({ raw, event }: AttributedEvent): string | null {
  const answer = raw['responseObject']
  return (
    textIn(childOf(answer, 'metadata'), 'uid') ??
    textIn(childOf(answer, 'details'), 'uid') ??
    textIn(childOf(raw['requestObject'], 'preconditions'), 'uid') ??
    event.object?.uid ??
    null
  )
}

/** Of the object after the event; null where the answer does not say it. */
export function versionIn({ raw }: Pick<AttributedEvent, 'raw'>): number | null {
  return versionOf(childOf(raw['responseObject'], 'metadata')['resourceVersion'])
}

/** metadata.ownerReferences (apimachinery pkg/apis/meta/v1/types.go, OwnerReference). */
export function ownersIn(object: JsonObject): readonly OwnerReference[] {
  const owners = childOf(object, 'metadata')['ownerReferences']
  if (!Array.isArray(owners)) return []
  return owners
    .slice(0, ownersMax)
    .filter(isJsonObject)
    .map((owner) => ({
      apiVersion: textIn(owner, 'apiVersion') ?? '',
      kind: textIn(owner, 'kind') ?? '',
      name: textIn(owner, 'name') ?? '',
      uid: textIn(owner, 'uid') ?? '',
      isController: owner['controller'] === true,
    }))
    .filter(({ uid }) => uid !== '')
}

/** The one owner that manages it; there is one at most (ValidateOwnerReferences). */
export function controllerIn(object: JsonObject): OwnerReference | null {
  return ownersIn(object).find(({ isController }) => isController) ?? null
}
