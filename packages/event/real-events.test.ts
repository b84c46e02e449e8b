// Real events that nobody on this project wrote.

import { expect, test } from 'vitest'
import { normalize } from './normalize.ts'
import { documentsIn, realEvents, whyNoRealEvents } from '@plaintrail/test/real-events'
import { sentence } from './sentence.ts'

const absent = whyNoRealEvents()
if (absent !== null) console.warn(`skipped: ${absent}`)

test.skipIf(absent !== null)('every real event is read whole, has a class and makes a sentence', () => {
  const found = realEvents()
  expect(found.length).toBeGreaterThan(200)
  for (const { file, event: sent } of found) {
    const event = normalize(sent)
    if (event === null) throw new Error(`no event in ${file}`)
    const { verb, object, flags } = event
    expect({ file, malformed: flags.malformed, oddTime: flags.oddTime }).toEqual({ file })
    expect({ file, class: event.class }).toEqual({
      file,
      class: expectedClass(verb, object?.resource, object?.subresource),
    })
    expect(event.stage).not.toBe('Unknown')
    expect(event.actor.name).not.toBe('')
    expect(sentence(event)).not.toMatch(/undefined|null|NaN|^someone/)
  }
})

/** Told once more, from what these events are known to hold. */
function expectedClass(verb: string, resource: string | undefined, subresource: string | undefined): string {
  if (resource === undefined) return 'other'
  if (subresource === 'exec' || subresource === 'attach') return 'connect'
  if (resource === 'subjectaccessreviews') return 'read'
  return ['get', 'list', 'watch'].includes(verb) ? 'read' : 'write'
}

test.skipIf(absent !== null)('the OpenShift capture ends as its codes and decisions say', () => {
  const log = 'openshift-cluster-logging-operator/test/functional/filters/apiaudit/vrl/testdata/audit_in.log'
  const events = documentsIn(log)
    .map((document) => normalize(document))
    .filter((event) => event !== null)
  const counts = Object.groupBy(events, (event) => event.outcome)
  expect(events.length).toBe(100)
  expect(counts.denied).toBeUndefined()
  expect(counts.rejected?.map((event) => event.code).toSorted()).toEqual([
    403, 403, 403, 403, 404, 404, 404, 409, 409, 409, 409,
  ])
  const named = events.filter((event) => event.flags.generateName === true)
  expect(named.every((event) => event.object?.resource === 'pods' && event.object.name !== '')).toBe(true)
})
