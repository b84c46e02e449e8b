import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { conformanceCases, missOf } from './conformance-for-tests.ts'

/** What is missed today, by name: progress and regress show as a difference, which is then written into this file. */
const file = join(import.meta.dirname, 'conformance-misses.json')
const { all, cases } = conformanceCases()
const misses = new Map(
  cases.flatMap((one) => {
    const miss = missOf(one)
    return miss === undefined ? [] : [[one.name, miss] as const]
  }),
)

test('the public conformance cases that plain JSON can express hold, but for those that are listed', () => {
  const byFile = new Map<string, [passed: number, of: number]>()
  for (const { file: name, name: own } of cases) {
    const [passed, of] = byFile.get(name) ?? [0, 0]
    byFile.set(name, [passed + (misses.has(own) ? 0 : 1), of + 1])
  }
  const told = [...byFile].map(([name, [passed, of]]) => `  ${name} ${passed}/${of}`)
  console.log(
    [`${cases.length - misses.size} of ${cases.length} cases pass (${all} are published)`, ...told].join('\n'),
  )
  const found = [...misses.keys()].toSorted()
  expect(found).toEqual(JSON.parse(readFileSync(file, 'utf8')))
})

test('most cases are put: what is left out is protobuf', () => {
  expect(cases.length).toBeGreaterThan(1_500)
})
