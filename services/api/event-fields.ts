// pickFields: an event with only those of its fields that were asked for.

import type { StoredEvent } from '@plaintrail/event/event'
import { fieldsLengthMax } from '@plaintrail/query/cursor'
import { nearestWord } from '@plaintrail/query/nearest-word'
import type { ParameterValue } from '@plaintrail/query/parameters'
import { QueryError } from '@plaintrail/query/query-error'

/** Each field of an event, and what may be asked for of it alone. */
const parts: Readonly<Record<keyof StoredEvent | 'change' | 'findings' | 'initiator' | 'links', readonly string[]>> = {
  id: [],
  time: [],
  seen: [],
  sentence: [],
  cluster: [],
  class: [],
  verb: [],
  outcome: [],
  code: [],
  durationUs: [],
  actor: ['name', 'type', 'as', 'groups'],
  source: ['ip', 'claimed', 'client'],
  object: ['group', 'version', 'resource', 'kind', 'namespace', 'name', 'uid', 'subresource'],
  path: [],
  detail: [],
  audit: ['id', 'stage', 'level', 'truncated', 'conflict'],
  authz: ['decision', 'reason'],
  flags: [],
  stages: [],
  findings: [],
  links: ['self', 'raw', 'history'],
  initiator: ['kind', 'name', 'confidence', 'chain', 'considered'],
  change: ['fidelity', 'significance', 'changes', 'changes_count', 'summary', 'sure'],
}

/** `actor` and `actor.name`, of every field. */
const eventFields: readonly string[] = Object.entries(parts).flatMap(([field, within]) => [
  field,
  ...within.map((part) => `${field}.${part}`),
])

/** Null where none were asked for. Throws QueryError. */
export function readFields(value: ParameterValue): readonly string[] | null {
  const texts = typeof value === 'string' ? [value] : (value ?? [])
  const fields = texts.flatMap((text) => text.split(','))
  if (fields.length === 0) return null
  if (fields.join(',').length > fieldsLengthMax)
    throw new QueryError({
      message: `could not read fields: they are longer than ${fieldsLengthMax} characters`,
      parameter: 'fields',
      hint: 'Leave it out to have all of them.',
    })
  const unknown = fields.find((field) => !eventFields.includes(field))
  if (unknown === undefined) return [...new Set(fields)]
  throw new QueryError({
    message: `could not read fields: an event has no "${unknown.slice(0, 40)}"`,
    parameter: 'fields',
    hint: `There are ${eventFields.filter((field) => !field.includes('.')).join(', ')}, and parts such as actor.name.`,
    suggestion: nearestWord(unknown, eventFields),
  })
}

/** In the order of the event. What is null is so whole: `object.name` of a request to no object is `"object": null`. */
export function pickFields(event: object, fields: readonly string[]): object {
  const picked: Record<string, unknown> = {}
  for (const [field, value] of Object.entries(event)) {
    if (fields.includes(field) || (value === null && fields.some((path) => path.startsWith(`${field}.`))))
      picked[field] = value
    else if (typeof value === 'object' && value !== null) {
      const within = Object.entries(value).filter(([part]) => fields.includes(`${field}.${part}`))
      if (within.length > 0) picked[field] = Object.fromEntries(within)
    }
  }
  return picked
}
