// A summary says what changed as people say it, in one line, and never a secret.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { changeSummary, summaryMax, type ShortChange } from './change-summary.ts'
import { significances } from './revision.ts'

const replaced = (path: string, from: string, to: string): ShortChange => ({ path, op: 'replace', from, to })
const added = (path: string, to: string): ShortChange => ({ path, op: 'add', from: null, to })
const removed = (path: string, from: string): ShortChange => ({ path, op: 'remove', from, to: null })

const summaryOf = (...changes: readonly ShortChange[]): string =>
  changeSummary({ significance: 'changed', changes, changesCount: changes.length })

const containers = 'spec.template.spec.containers'

describe('a summary', () => {
  test.each([
    [[replaced('spec.replicas', '3', '5')], 'replicas 3 → 5'],
    [
      [
        replaced('spec.replicas', '3', '5'),
        replaced(`${containers}[api].image`, 'registry.acme.io/api:1.8', 'registry.acme.io/api:1.9'),
      ],
      'replicas 3 → 5 · image api:1.8 → api:1.9',
    ],
    [[replaced(`${containers}[api].image`, 'old.io/api:1', 'new.io/api:1')], 'image old.io/api:1 → new.io/api:1'],
    [
      [replaced(`${containers}[api].image`, 'api:1', 'api:2'), replaced(`${containers}[log].image`, 'log:1', 'log:2')],
      'api image api:1 → api:2 · log image log:1 → log:2',
    ],
    [[replaced(`${containers}[api].env[DB_HOST].value`, 'db1', 'db2')], 'env DB_HOST db1 → db2'],
    [[added(`${containers}[api].env[DEBUG]`, '{"name":"DEBUG","value":"1"}')], '+ env DEBUG'],
    [[removed(`${containers}[log]`, '{"name":"log"}')], '− containers log'],
    [[replaced(`${containers}[api].resources.limits.cpu`, '100m', '200m')], 'limits.cpu 100m → 200m'],
    [[replaced('spec.ports[80/TCP].targetPort', '80', '8080')], 'ports 80/TCP targetPort 80 → 8080'],
    [[replaced('rules[0].verbs[1]', 'get', 'list')], 'verbs[1] get → list'],
    [[added('metadata.labels.app', 'api')], '+ label app api'],
    [[removed('metadata.annotations["acme.io/owner"]', 'bob')], '− annotation acme.io/owner'],
    [
      [added('spec.template.metadata.annotations', '{"acme.io/restartedAt":"2026-11-20T12:00:00Z"}')],
      '+ annotation acme.io/restartedAt 2026-11-20T12:00:00Z',
    ],
    [[removed('metadata.labels', '{"app":"api","tier":"web"}')], '− label app · − label tier'],
    [[removed('metadata.labels', '{"a":"1","b":"2","c":"3","d":"4"}')], '− labels'],
    [[added('metadata.labels', '{"app":"ap…')], '+ labels'],
    [[added('metadata.finalizers[=foregroundDeletion]', 'foregroundDeletion')], '+ finalizers foregroundDeletion'],
    [[replaced('data.password', '(hidden)', '(hidden)')], 'data.password changed'],
    [[replaced('data["config.yaml"]', 'a: 1\nb: 2', 'a: 1\nb: 3')], 'data.config.yaml changed'],
    [[replaced('spec.strategy.type', 'Recreate', 'RollingUpdate')], 'strategy.type Recreate → RollingUpdate'],
    [[replaced('spec.note', '', 'x')], 'note "" → x'],
  ] as const)('of %j is %s', (changes, text) => {
    expect(summaryOf(...changes)).toBe(text)
  })

  test('of what changed no field says what it was', () => {
    const told = significances.map((significance) => changeSummary({ significance, changes: [], changesCount: 0 }))
    expect(told).toEqual(['created', 'deleted', 'deletion began', '', 'status', 'renewed', 'bookkeeping', ''])
  })

  test('of a delete that waits says what else came with it', () => {
    const deletion = [added('metadata.deletionTimestamp', '2026-11-20T12:00:00Z'), removed('spec.paused', 'true')]
    const text = changeSummary({ significance: 'deleting', changes: deletion, changesCount: 2 })
    expect(text).toBe('deletion began · − paused')
    const labels = [removed('metadata.labels', '{"a":"1","b":"2"}'), ...deletion]
    expect(changeSummary({ significance: 'deleting', changes: labels, changesCount: 3 })).toBe(
      'deletion began · − label a · − label b · − paused',
    )
  })

  test('says how many changes are beside those that fit', () => {
    const many = Array.from({ length: 30 }, (_, index) => replaced(`data.key-${index}`, 'before', 'after'))
    const text = changeSummary({ significance: 'changed', changes: many, changesCount: 250 })
    expect(text).toMatch(/^data\.key-0 before → after · .* · \d+ more$/)
    const shown = text.split(' · ').length - 1
    expect(text.endsWith(`${250 - shown} more`)).toBe(true)
  })

  test('of anything is one line of bounded length', () => {
    const change = fc.record({
      path: fc.oneof(fc.string({ unit: 'binary', maxLength: 600 }), fc.constantFrom('spec.a', 'data["x\\u0000y"]', '')),
      op: fc.constantFrom('add', 'remove', 'replace'),
      from: fc.option(fc.string({ unit: 'binary', maxLength: 200 })),
      to: fc.option(fc.string({ unit: 'binary', maxLength: 200 })),
    })
    fc.assert(
      fc.property(fc.array(change, { maxLength: 20 }), fc.constantFrom(...significances), (changes, significance) => {
        const text = changeSummary({ significance, changes, changesCount: changes.length + 3 })
        expect(text.length).toBeLessThanOrEqual(summaryMax)
        expect(text).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
        expect(text.isWellFormed()).toBe(true)
      }),
    )
  })
})
