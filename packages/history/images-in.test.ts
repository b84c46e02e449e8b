import { formatFieldPath, type FieldPath } from './field-path.ts'
import { expect, test } from 'vitest'
import { imagesIn } from './images-in.ts'

const told = (value: unknown, path: FieldPath = []): readonly string[] =>
  imagesIn(value, path)
    .map((found) => `${formatFieldPath(found.path)} ${found.image}`)
    .toSorted()

const template = {
  spec: {
    containers: [{ name: 'api', image: 'api:1.9' }, { image: 'nameless:1' }],
    initContainers: [{ name: 'wait', image: 'wait:1' }],
    volumes: [{ name: 'v', image: { reference: 'volume:1' } }],
  },
}

test('images of containers are found wherever an object holds a pod', () => {
  expect(told({ kind: 'CronJob', spec: { jobTemplate: { spec: { template } } } })).toEqual([
    'spec.jobTemplate.spec.template.spec.containers[1].image nameless:1',
    'spec.jobTemplate.spec.template.spec.containers[api].image api:1.9',
    'spec.jobTemplate.spec.template.spec.initContainers[wait].image wait:1',
  ])
})

test('a container that came as a whole has its image, and an image that changed by itself is not said twice', () => {
  const list: FieldPath = [
    { kind: 'field', name: 'spec' },
    { kind: 'field', name: 'containers' },
  ]
  const container: FieldPath = [...list, { kind: 'item', keys: [{ name: 'name', value: 'api' }] }]
  expect(told({ name: 'api', image: 'api:1.9' }, container)).toEqual(['spec.containers[api].image api:1.9'])
  expect(told('api:1.9', [...container, { kind: 'field', name: 'image' }])).toEqual([])
})

test('what is no container has no image', () => {
  expect(told({ image: 'a', containers: { image: 'b' }, items: [{ image: 'c' }], containerList: null })).toEqual([])
})

test('a value of many images and levels ends', () => {
  const containers = Array.from({ length: 1_000 }, (_, index) => ({ name: `c${index}`, image: 'i' }))
  expect(told({ containers })).toHaveLength(100)
  let deep: unknown = { containers }
  for (let level = 0; level < 10_000; level++) deep = [deep]
  expect(told(deep)).toEqual([])
})
