import { createHmac } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { diffObjects } from './diff-objects.ts'
import { formatFieldPath } from './field-path.ts'
import { maskChanges, maskSecrets } from './mask-secrets.ts'

const secret = (data: object, more: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db' },
  data,
  ...more,
})
const shown = (before: unknown, after: unknown): unknown =>
  maskChanges(diffObjects(before, after).changes).map(({ path, op, from, to }) => [op, formatFieldPath(path), from, to])

test('of a secret, keys and what became of them are shown, and no value', () => {
  expect(shown(secret({ a: 'x1', b: 'x2', c: 'x3' }), secret({ a: 'x1', b: 'x4', d: 'x5' }))).toEqual([
    ['replace', 'data.b', '(hidden)', '(hidden)'],
    ['remove', 'data.c', '(hidden)', undefined],
    ['add', 'data.d', undefined, '(hidden)'],
  ])
  expect(shown(secret({}), secret({}, { stringData: { a: 'x1' } }))).toEqual([
    ['add', 'stringData', undefined, { a: '(hidden)' }],
  ])
  expect(shown(undefined, secret({ a: 'x1' }))).toEqual([['add', '', undefined, secret({ a: '(hidden)' })]])
})

test('the manifest that kubectl keeps in an annotation of a secret is as secret', () => {
  const annotations = (text: string): object => ({
    metadata: { name: 'db', annotations: { 'kubectl.kubernetes.io/last-applied-configuration': text } },
  })
  const text = JSON.stringify([
    shown(secret({}, annotations('x1')), secret({}, annotations('x2'))),
    shown(secret({}), secret({}, annotations('x3'))),
    maskSecrets(secret({}, annotations('x4'))),
  ])
  expect(text).not.toMatch(/x\d/)
})

test('a digest is hidden in any object, wherever it is in a text', () => {
  const digest = `plaintrail:hmac-sha256:${createHmac('sha256', 'key').update('hunter2').digest('base64url')}`
  const pod = (value: string): object => ({ apiVersion: 'v1', kind: 'Pod', spec: { url: `https://x?token=${value}` } })
  expect(shown(pod(digest), pod('open'))).toEqual([['replace', 'spec.url', '(hidden)', '(hidden)']])
  expect(JSON.stringify(maskSecrets(pod(digest)))).not.toContain('hmac')
})

test('no value below the keys of a secret is shown, wherever the secret is nested', () => {
  // Numbers and booleans count as well: what is not a text is not less secret.
  const marker = fc.constantFrom('planted-1', 'planted-2', 'planted-3')
  const data = fc.dictionary(
    fc.constantFrom('a', 'b', '__proto__'),
    fc.oneof(marker, fc.array(marker), fc.record({ kind: marker, x: marker })),
  )
  const anySecret = fc.tuple(data, data).map(([one, other]) => secret(one, { stringData: other }))
  const wrapped = anySecret.chain((one) =>
    fc.constantFrom<object>(
      one,
      { kind: 'List', items: [one] },
      { kind: 'Widget', spec: { name: 'a', template: one, list: [{ name: 'b' }, [one]] } },
    ),
  )
  fc.assert(
    fc.property(fc.option(wrapped, { nil: undefined }), wrapped, (before, after) => {
      expect(JSON.stringify([shown(before, after), shown(after, before), maskSecrets(after)])).not.toContain('planted')
    }),
    { numRuns: 1_000 },
  )
})
