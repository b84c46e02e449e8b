import fc from 'fast-check'
import { applyPatch } from 'diff'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { alignedStates } from './aligned-states.ts'
import { diffObjects } from './diff-objects.ts'
import { anyCustomResource, anyDeployment } from './random-objects-for-tests.ts'
import { unifiedText, yamlOf } from './unified-text.ts'

const deployment = (image: string, ...more: readonly object[]): object => ({
  kind: 'Deployment',
  apiVersion: 'apps/v1',
  metadata: { name: 'api', resourceVersion: image },
  spec: { template: { spec: { containers: [{ name: 'api', image, args: ['yes', '012'] }, ...more] } } },
})

test('the lines that changed are marked, whatever the order of keys and containers, and noise is left out', () => {
  const log = { image: 'log:1', name: 'log' }
  const after = {
    ...deployment('api:2'),
    spec: {
      template: {
        spec: {
          containers: [
            { name: 'log', image: 'log:1' },
            { image: 'api:2', args: ['yes', '012'], name: 'api' },
          ],
        },
      },
    },
  }
  const names = { before: 'prod/api @ 12:01:10Z', after: 'prod/api\n@ 14:03:22Z' }
  expect(unifiedText(deployment('api:1', log), after, { names, context: 1 })).toEqual({
    extent: 'whole',
    text: `--- prod/api @ 12:01:10Z
+++ prod/api @ 14:03:22Z
@@ -13,3 +13,3 @@
             - "012"
-          image: api:1
+          image: api:2
           name: api
`,
  })
  expect(unifiedText(deployment('api:1'), deployment('api:2'), { withNoise: true }).text).toContain(
    '+  resourceVersion: api:2',
  )
})

test('that a secret changed is shown, and never its value', () => {
  const secret = (password: string): object => ({
    apiVersion: 'v1',
    kind: 'Secret',
    data: { password, user: 'hunter1' },
  })
  const { text } = unifiedText(secret('hunter2'), secret('hunter3'))
  expect(text).toContain('-  password: (hidden, before)\n+  password: (hidden, after)\n   user: (hidden)\n')
  expect(text + unifiedText(undefined, secret('hunter4')).text).not.toContain('hunter')
})

test('a state that came or went is all added or removed lines', () => {
  expect(unifiedText(undefined, { a: 1 }).text).toContain('\n+a: 1\n')
  expect(unifiedText({ a: 1 }, undefined).text).toContain('\n-a: 1\n')
  expect(unifiedText({ a: 1 }, { a: 1 })).toEqual({ text: '', extent: 'whole' })
})

test('there is a text where there is a change, and the text made in the first state gives the second', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.tuple(anyDeployment, anyDeployment), fc.tuple(anyCustomResource, anyCustomResource)),
      ([before, after]) => {
        const { text, extent } = unifiedText(before, after, { withNoise: true })
        expect(extent).toBe('whole')
        expect(text === '').toBe(diffObjects(before, after).changes.length === 0)
        const states = alignedStates(before, after, { withNoise: true, onlyChanged: false })
        if (text !== '') expect(applyPatch(yamlOf(states.before), text)).toBe(yamlOf(states.after))
      },
    ),
    { numRuns: 300 },
  )
})

test('the YAML is read back as it was', () => {
  const state = JSON.parse(
    '{"__proto__":{"a":1},"yes":"no","n":"012","t":"a\\nb","e":"","o":{},"l":[[]],"x":"\\u0007"}',
  ) as unknown
  expect(JSON.stringify(parse(yamlOf(state), { version: '1.1' }))).toBe(JSON.stringify(state))
})

test('a custom resource of 5 MB is compared in what changed, in three seconds of a core', () => {
  const large = (value: number): unknown => ({
    apiVersion: 'example.org/v1',
    kind: 'Widget',
    spec: {
      items: Array.from({ length: 36_000 }, (_, index) => ({
        name: `item-${index}`,
        text: 'x'.repeat(90),
        values: [{ a: index === 7 ? value : 0 }],
      })),
    },
  })
  const [before, after] = [large(1), large(2)]
  const started = process.cpuUsage()
  const { text, extent } = unifiedText(before, after)
  expect(process.cpuUsage(started).user / 1e6).toBeLessThan(3)
  expect(extent).toBe('changed')
  expect(text).toContain('name: item-7\n')
  expect(text).toContain('-        - a: 1\n+        - a: 2\n')
  expect(unifiedText(before, { kind: 'Widget', spec: [] })).toEqual({ text: '', extent: 'none' })
})

test('what is nested 100,000 deep is told by its changed depth', () => {
  const nested = (inner: string): unknown => JSON.parse(`${'[{"a":'.repeat(50_000)}${inner}${'}]'.repeat(50_000)}`)
  expect(unifiedText(nested('1'), nested('2')).text).toContain('(deeper than 100 levels, after)')
})
