import { knownResources } from '@plaintrail/event/known-resources'
import { resourcesNamed } from '@plaintrail/event/resources'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseQuery } from './parse-query.ts'

/** The one word that a kind is kept as. */
function keptAs(kind: string): string {
  const query = parseQuery(`kind:"${kind}"`, 0)
  return query.kind === 'matches' ? (query.values[0]?.[0] ?? '') : ''
}

test('a kind is kept as a word that names the same resources, and stays that word', () => {
  const spellings = knownResources.flatMap(({ group, resource, kind, short }) =>
    [resource, kind, ...short].flatMap((word) => [word, `${word}.${group}`, `${word}.v1.${group}`, `${word}.v1`]),
  )
  const any = fc.stringMatching(/^[a-zA-Z][a-z0-9]{0,5}(?:\.(?:v1|v2beta1|apps|io|)){0,3}$/)
  const check = (word: string): void => {
    const kept = keptAs(word)
    expect(resourcesNamed(kept), word).toEqual(resourcesNamed(word))
    expect(keptAs(kept)).toBe(kept)
  }
  for (const word of new Set(spellings)) check(word)
  fc.assert(fc.property(any, check), { numRuns: 1_000 })
})

test('a plural, a singular and a kind are one word', () => {
  expect(['Deployment', 'deployment', 'deployments', ' DEPLOYMENTS '].map(keptAs)).toEqual(
    Array.from({ length: 4 }, () => 'deployments'),
  )
})
