import { qualifiers } from '@plaintrail/query/qualifiers'
import { expect, test } from 'vitest'
import { askOptions, moreAskOptions, windowOptions } from './ask.ts'

/** `--since`, `--until` and `--on` say these. */
const timesOfTheWindow = ['created', 'after', 'before', 'on']

test('every qualifier that has data is a flag, and every flag a qualifier', () => {
  const known = qualifiers.filter(({ availability }) => availability === 'now').map(({ key }) => key)
  const flags = [...Object.keys(askOptions), ...Object.keys(moreAskOptions)]
  expect(flags.toSorted()).toEqual(known.filter((key) => !timesOfTheWindow.includes(key)).toSorted())
  expect(Object.keys(windowOptions)).toEqual(['since', 'until', 'on'])
})
