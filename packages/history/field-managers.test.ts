import { expect, test } from 'vitest'
import { likelyManager, managersOfField, secondOpinion } from './field-managers.ts'
import { parseFieldPath } from './field-path.ts'

const object = {
  metadata: {
    managedFields: [
      {
        manager: 'argocd',
        operation: 'Apply',
        time: '2026-11-26T10:00:00Z',
        fieldsV1: {
          'f:metadata': { 'f:labels': { '.': {}, 'f:app': {} }, 'f:finalizers': { 'v:"a"': {} } },
          'f:spec': {
            'f:selector': {},
            'f:containers': { 'k:{"name":"api"}': { '.': {}, 'f:image': {} } },
            'f:ports': { 'k:{"port":80,"protocol":"TCP"}': { '.': {}, 'f:name': {} } },
          },
        },
      },
      {
        manager: 'kubectl-scale',
        operation: 'Update',
        subresource: 'scale',
        time: '2026-11-26T11:00:00Z',
        fieldsV1: { 'f:spec': { 'f:replicas': {} } },
      },
      'odd',
      { manager: 7, fieldsV1: null },
    ],
  },
}

const managersOf = (path: string): readonly string[] =>
  managersOfField(object, parseFieldPath(path)).map(({ manager }) => manager)

test('the managers of a field are those whose set has it, by key, value and name', () => {
  expect(managersOf('spec.replicas')).toEqual(['kubectl-scale'])
  expect(managersOf('spec.containers[name=api].image')).toEqual(['argocd'])
  expect(managersOf('spec.containers[name=api].command')).toEqual([])
  expect(managersOf('spec.ports[protocol=TCP,port=80].name')).toEqual(['argocd'])
  expect(managersOf('metadata.finalizers[=a]')).toEqual(['argocd'])
  expect(managersOf('metadata.labels')).toEqual(['argocd'])
})

test('who owns an atomic value owns what is below it; who owns a part does not own the whole', () => {
  expect(managersOf('spec.selector.matchLabels.app')).toEqual(['argocd'])
  expect(managersOf('spec')).toEqual([])
})

test('an object without managedFields tells of nobody', () => {
  expect(managersOfField({ metadata: {} }, parseFieldPath('spec.replicas'))).toEqual([])
})

test('a second opinion goes by the time of the managers, to the second', () => {
  const managers = managersOfField(object, parseFieldPath('spec.replicas'))
  const opinion = (received: string, answered: string): string =>
    secondOpinion(
      managers,
      { event: 'e', resourceVersion: 1, time: Date.parse(answered) * 1000 },
      Date.parse(received) * 1000,
    )
  expect(opinion('2026-11-26T11:00:00.4Z', '2026-11-26T11:00:00.5Z')).toBe('agrees')
  expect(opinion('2026-11-26T10:00:00Z', '2026-11-26T10:00:01Z')).toBe('later')
  expect(opinion('2026-11-26T12:00:00Z', '2026-11-26T12:00:01Z')).toBe('differs')
  expect(secondOpinion([], { event: 'e', resourceVersion: 1, time: 0 }, 0)).toBe('unknown')
})

test('the likely manager is the one that wrote when the field was set, else the last that wrote', () => {
  const entry = (manager: string, time: string) => ({ manager, operation: 'Update', subresource: '', time })
  const both = [entry('helm', '2026-10-01T10:00:00Z'), entry('kubectl', '2026-10-02T10:00:00Z')]
  const at = (time: string) => ({ event: 'e', resourceVersion: 1, time: Date.parse(time) * 1000 })
  expect(likelyManager(both, at('2026-10-01T10:00:00Z'))).toBe('helm')
  expect(likelyManager(both, at('2026-09-01T10:00:00Z'))).toBe('kubectl')
  expect([likelyManager(both, null), likelyManager([], null)]).toEqual(['kubectl', null])
})
