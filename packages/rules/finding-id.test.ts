import { expect, test } from 'vitest'
import { findingId, parseFindingId } from './finding-id.ts'

const cluster = '0195f3a0-0000-7000-8000-000000000001'

test('a finding is a cluster, a rule and a group, for ever', () => {
  // Written down: another id would be another finding.
  expect(findingId(cluster, 'exec-in-prod', ['alice', 'prod'])).toBe('fnd_G6H7NHW44VJH4MQ3CJ1WPP98EW')
})

test('other parts are another finding, and a value is not its neighbour', () => {
  const ids = [
    findingId(cluster, 'a', ['b', null]),
    findingId(cluster, 'a', [null, 'b']),
    findingId(cluster, 'a', ['b', '']),
    findingId(cluster, 'a', ['b']),
    findingId(cluster, 'a', []),
    findingId(cluster, 'ab', []),
    findingId('other', 'a', []),
  ]
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) expect(parseFindingId(id)).toHaveLength(16)
})
