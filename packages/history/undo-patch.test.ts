import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { diffObjects } from './diff-objects.ts'
import { formatFieldPath, type FieldPath } from './field-path.ts'
import { isJsonObject } from './json-values.ts'
import { patchedByJson, patchedByMerge, patchedStrategically } from './patches-for-tests.ts'
import { anyCustomResource, anyDeployment, settled } from './random-objects-for-tests.ts'
import { undoCommands } from './undo-command.ts'
import { undoneMax, undoPatch } from './undo-patch.ts'
import type { UndoPatch } from './undo-patch.ts'

type Patch = Extract<UndoPatch, { readonly kind: 'patch' }>

/** What takes the way from `before` to `after` back in `now`. */
function undoOf(before: unknown, after: unknown, now: unknown = after): Patch {
  const undo = undoPatch(now, diffObjects(before, after).changes)
  if (undo.kind !== 'patch') throw new Error(`refused: ${undo.why}`)
  return undo
}

const deployment = (replicas: number, image: string, more: object = {}): object => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'api' },
  spec: {
    replicas,
    template: {
      spec: {
        containers: [
          { name: 'log', image: 'log:1' },
          { name: 'api', image, ...more },
        ],
      },
    },
  },
})
const target = { group: 'apps', resource: 'deployments', namespace: 'prod', name: 'api' }
const lines = (undo: Patch, of = target): readonly string[] => undoCommands(of, undo).map(({ line }) => line)

describe('whatever was changed', () => {
  const pair = fc.oneof(fc.tuple(anyDeployment, anyDeployment), fc.tuple(anyCustomResource, anyCustomResource))

  test('each patch takes it back, and leaves noise as it is', () => {
    let strategic = 0
    let merge = 0
    fc.assert(
      fc.property(pair, ([before, after]) => {
        const undo = undoPatch(after, diffObjects(before, after).changes)
        if (undo.kind === 'refused') {
          expect(undo.why).toBe('nothing')
          return
        }
        expect(undo.conflicts).toEqual([])
        expect(diffObjects(undo.object, before).changes.filter(({ noise }) => !noise)).toEqual([])
        expect(isDeepStrictEqual(patchedByJson(after, undo.json), undo.object)).toBe(true)
        if (undo.merge !== null) {
          merge++
          expect(isDeepStrictEqual(patchedByMerge(after, undo.merge), undo.object)).toBe(true)
        }
        if (undo.strategic !== null) {
          strategic++
          expect(isDeepStrictEqual(settled(patchedStrategically(after, undo.strategic)), settled(undo.object))).toBe(
            true,
          )
        }
      }),
      { numRuns: 3_000 },
    )
    expect(Math.min(strategic, merge)).toBeGreaterThan(300)
  })

  test('what somebody else changed since is told and not touched', () => {
    fc.assert(
      fc.property(anyDeployment, anyDeployment, anyDeployment, (before, after, now) => {
        const { changes } = diffObjects(before, after)
        const undo = undoPatch(now, changes)
        if (undo.kind === 'refused') return
        const touched = new Set(diffObjects(now, undo.object).changes.map(({ path }) => formatFieldPath(path)))
        const isLost = (path: FieldPath): boolean =>
          touched.has(formatFieldPath(path)) && !isMoved(path, now, undo.object)
        expect(undo.conflicts.filter(isLost)).toEqual([])
        expect(isDeepStrictEqual(patchedByJson(now, undo.json), undo.object)).toBe(true)
      }),
    )
  })
})

/** In a list without keys, what stood behind an item that was taken out stands before its own place now. */
function isMoved(path: FieldPath, before: unknown, after: unknown): boolean {
  const at = path.findIndex(({ kind }) => kind === 'index')
  if (at === -1) return false
  const item = walked(before, path.slice(0, at + 1))
  const kept = walked(after, path.slice(0, at))
  return item !== undefined && Array.isArray(kept) && kept.some((other) => isDeepStrictEqual(other, item))
}

function walked(from: unknown, path: FieldPath): unknown {
  let value = from
  for (const segment of path) {
    const list: readonly unknown[] = Array.isArray(value) ? value : []
    if (segment.kind === 'index') value = list[segment.index]
    else if (segment.kind === 'field') value = isJsonObject(value) ? value[segment.name] : undefined
    else if (segment.kind === 'member') value = segment.value
    else {
      const { keys } = segment
      value = list.find((item) => isJsonObject(item) && keys.every((key) => item[key.name] === key.value))
    }
  }
  return value
}

test('the patches name the container by its name, and the JSON patch tests that it is still in its place', () => {
  const undo = undoOf(deployment(3, 'api:1'), deployment(3, 'api:2'))
  expect(undo.best).toBe('strategic')
  expect(undo.strategic).toEqual({ spec: { template: { spec: { containers: [{ name: 'api', image: 'api:1' }] } } } })
  expect(undo.json).toEqual([
    { op: 'test', path: '/spec/template/spec/containers/1/name', value: 'api' },
    { op: 'test', path: '/spec/template/spec/containers/1/image', value: 'api:2' },
    { op: 'replace', path: '/spec/template/spec/containers/1/image', value: 'api:1' },
  ])
})

test('one port by TCP and UDP shares the only key that a strategic patch knows: its list is replaced', () => {
  const at = (name: string): object =>
    deployment(1, 'a', {
      ports: [
        { containerPort: 53, protocol: 'TCP' },
        { containerPort: 53, protocol: 'UDP', name },
      ],
    })
  const { strategic } = undoOf(at('old'), at('new'))
  expect(JSON.stringify(strategic)).toContain('{"$patch":"replace"}')
})

test('a thousand items that go and change in a list of 36,000 are taken back in three seconds of a core', () => {
  const widget = (version: number): object => ({
    apiVersion: 'example.org/v1',
    kind: 'Widget',
    spec: {
      items: Array.from({ length: 36_000 }, (_, index) => ({
        name: `item-${index}`,
        at: index % 72 === 0 ? version : 0,
      })).filter((_, index) => version === 1 || index % 72 !== 1),
    },
  })
  const [before, after] = [widget(2), widget(1)]
  const { changes } = diffObjects(before, after)
  expect(changes).toHaveLength(undoneMax)
  const started = process.cpuUsage()
  const undo = undoOf(before, after)
  expect(process.cpuUsage(started).user / 1e6).toBeLessThan(3)
  expect(diffObjects(patchedByJson(after, undo.json), before).changes).toEqual([])
})

describe('what is refused', () => {
  const secret = (password: string): object => ({ apiVersion: 'v1', kind: 'Secret', data: { password } })
  const why = (before: unknown, after: unknown): unknown => undoPatch(after, diffObjects(before, after).changes)

  test('a secret cannot be written back, since only its digest is known; one that came can be removed', () => {
    expect(why(secret('plaintrail:a'), secret('plaintrail:b'))).toMatchObject({ kind: 'refused', why: 'secret' })
    const undo = undoOf({ ...secret(''), data: {} }, secret('x'))
    expect(undo.json).toEqual([{ op: 'remove', path: '/data/password' }])
  })

  test('no digest of a secret that nobody changed is written back in a list that stands whole', () => {
    const digest = `plaintrail:hmac-sha256:${'a'.repeat(43)}`
    const widget = (value: number): object => ({
      apiVersion: 'example.org/v1',
      kind: 'Widget',
      spec: { list: [{ token: digest }, { value }] },
    })
    const undo = undoOf(widget(1), widget(2))
    expect(undo.best).toBe('json')
    expect(JSON.stringify([undo.json, undo.merge, undo.strategic])).not.toContain('plaintrail:')
  })

  test('a created or deleted object, nothing but noise, and too many changes are said to be so', () => {
    expect(why(undefined, secret('a'))).toMatchObject({ why: 'whole' })
    expect(why({ status: { a: 1 } }, { status: { a: 2 } })).toMatchObject({ why: 'nothing' })
    const wide = (value: number): object => ({
      spec: Object.fromEntries(Array.from({ length: undoneMax + 1 }, (_, key) => [`k${key}`, value])),
    })
    expect(why(wide(1), wide(2))).toMatchObject({ why: 'too-many' })
  })
})

describe('commands', () => {
  test('a number of replicas is scaled back, from the number that is there now', () => {
    expect(lines(undoOf(deployment(3, 'a'), deployment(5, 'a')))).toEqual([
      'kubectl scale deployments.apps/api --current-replicas=5 --replicas=3 --namespace=prod',
      `kubectl patch deployments.apps/api --type=strategic '--patch={"spec":{"replicas":3}}' --namespace=prod`,
    ])
  })

  test('an image is set back', () => {
    expect(lines(undoOf(deployment(3, 'api:1'), deployment(3, 'api:2')))[0]).toBe(
      'kubectl set image deployments.apps/api api=api:1 --namespace=prod',
    )
  })

  test('what is more than that is a patch, in the terms of the type', () => {
    expect(lines(undoOf(deployment(3, 'api:1'), deployment(5, 'api:2')))).toHaveLength(1)
    const widget = (value: unknown): object => ({ apiVersion: 'example.org/v1', kind: 'Widget', spec: { value } })
    const cluster = { group: 'example.org', resource: 'widgets', namespace: '', name: 'one' }
    expect(lines(undoOf(widget("it's"), widget('x')), cluster)).toEqual([
      String.raw`kubectl patch widgets.example.org/one --type=merge '--patch={"spec":{"value":"it'\''s"}}'`,
    ])
  })

  test('no name and no value gets out of its word, whatever it is', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom(
        "'; exit 9 #",
        '$(id)',
        '`id`',
        '--kubeconfig=x',
        '-n',
        '\n',
        '\u202e',
        '"',
        '\\',
        '!!',
        '~',
        '*',
        '%0a',
        '&',
        '|',
      ),
      fc.array(fc.constantFrom("'", '"', '\\', '$', '`', ' ', '\n', ';', 'a')).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(text, text, text, (value, name, namespace) => {
        const undo = undoOf(deployment(3, value), deployment(3, `${value}x`))
        const odd = { ...target, name, namespace }
        for (const { how, line } of undoCommands(odd, undo)) {
          expect(line).toMatch(/^kubectl [ -~]*$/)
          const words = wordsOfShell(line)
          expect(words.slice(1, how === 'patch' ? 3 : 4)).toEqual(
            how === 'patch' ? ['patch', `deployments.apps/${name}`] : ['set', 'image', `deployments.apps/${name}`],
          )
          if (namespace !== '') expect(words.at(-1)).toBe(`--namespace=${namespace}`)
          if (how === 'patch') expect(JSON.parse((words[4] ?? '').replace('--patch=', ''))).toEqual(undo.strategic)
          else expect(words[4]).toBe(`api=${value}`)
        }
      }),
      { numRuns: 150 },
    )
  })
})

/** As a real shell reads them, which finds no program to run if a word gets out. */
function wordsOfShell(line: string): readonly string[] {
  const script = `kubectl() { printf '%s\\0' kubectl "$@"; }\n${line}`
  const told = execFileSync('/bin/sh', ['-c', script], {
    encoding: 'utf8',
    cwd: tmpdir(),
    env: { PATH: '/nonexistent' },
  })
  return told.split('\0').slice(0, -1)
}
