import { everything, nothing } from '@plaintrail/query/scope'
import { expect, test } from 'vitest'
import { mayChangeRules } from './may-change-rules.ts'

test('rules are changed by those alone who may see every cluster', () => {
  expect(() => mayChangeRules({ scope: everything })).not.toThrow()
  for (const scope of [nothing, { kind: 'clusters', clusters: ['east'] } as const])
    expect(() => mayChangeRules({ scope })).toThrow(expect.objectContaining({ code: 'forbidden' }))
})
