import { expect, test } from 'vitest'
import { sampleChange } from '../testing/sample-history.ts'
import { changeLines, splitPath } from './change-lines.ts'
import { yamlText } from './yaml-text.ts'

const textOf = (...changes: Parameters<typeof sampleChange>[0][]): string =>
  changeLines(changes.map(sampleChange), yamlText)
    .map(({ text }) => text)
    .join('\n')

test.each([
  ['spec.replicas', 'spec', 'replicas'],
  ['spec.template.spec.containers[api].image', 'spec.template.spec.containers[api]', 'image'],
  ['metadata.annotations["kubernetes.io/x"]', 'metadata.annotations', 'kubernetes.io/x'],
  ['metadata.annotations["a[0].b"]', 'metadata.annotations', 'a[0].b'],
  [String.raw`data["a\"]b"]`, 'data', 'a"]b'],
  ['spec.ports[80/TCP]', 'spec.ports', '[80/TCP]'],
  ['metadata.finalizers[=foregroundDeletion]', 'metadata.finalizers', '[=foregroundDeletion]'],
  ['data["a"]["b"]', 'data["a"]', 'b'],
  ['kind', '', 'kind'],
  ['', '', ''],
])('the path %s is %s and %s', (path, parent, last) => {
  expect(splitPath(path)).toEqual({ parent, last })
})

test('fields that stand together have one line above them', () => {
  expect(
    textOf(
      {},
      { path: 'spec.template.spec.containers[api].tty', op: 'add', to: true },
      { path: 'spec.replicas', from: 3, to: 5 },
    ),
  ).toBe(
    [
      '@@ spec.template.spec.containers[api] @@',
      '-  image: registry.acme.io/api:1.8',
      '+  image: registry.acme.io/api:1.9',
      '+  tty: true',
      '@@ spec @@',
      '-  replicas: 3',
      '+  replicas: 5',
    ].join('\n'),
  )
})

test('a value with others in it is YAML below its name', () => {
  expect(
    textOf(
      { path: 'spec.template.spec.containers[log]', op: 'remove', from: { name: 'log', args: ['-v', 'yes'] } },
      { path: 'spec.template.spec.containers[log].env', op: 'add', to: [] },
      { path: '', op: 'add', to: { kind: 'ConfigMap', data: { a: '1' } } },
    ),
  ).toBe(
    [
      '@@ spec.template.spec.containers @@',
      '-  [log]:',
      '-    name: log',
      '-    args:',
      '-      - -v',
      '-      - "yes"',
      '@@ spec.template.spec.containers[log] @@',
      '+  env: []',
      '@@ the whole object @@',
      '+  kind: ConfigMap',
      '+  data:',
      '+    a: "1"',
    ].join('\n'),
  )
})

test('of a long text only the lines that differ are shown, with three around them', () => {
  const lines = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
  const from = `${lines.join('\n')}\n`
  expect(textOf({ path: 'data["app.conf"]', from, to: from.replace('e\n', 'E\nE2\n') })).toBe(
    [
      '@@ data @@',
      '   app.conf: |',
      '     b',
      '     c',
      '     d',
      '-    e',
      '+    E',
      '+    E2',
      '     f',
      '     g',
      '     h',
    ].join('\n'),
  )
  expect(textOf({ path: 'data.x', from: 'a\nb\n', to: 'a\nb' })).toMatch(/^-    b\n\+    b \(no line end\)$/m)
  expect(textOf({ path: 'data.x', from: 'a\na\n', to: 'a\na\na\n' })).toMatch(/:\s\|\n {5}a\n {5}a\n\+ {4}a$/)
})

test('neither names nor values can steer a terminal or make a line', () => {
  const evil = `x${String.fromCodePoint(0x1b)}[2J\u202e`
  for (const text of [
    textOf({ path: `data["${evil}"]`, from: evil, to: `${evil}\ny` }),
    textOf({ path: `data["${evil}"]`, from: `${evil}\nz`, to: `${evil}\ny` }),
    textOf({ path: `data["${evil}"].x`, op: 'add', to: { [evil]: evil } }),
  ])
    expect(text).toMatch(/^[\x20-\x7e\n]*$/)
})
