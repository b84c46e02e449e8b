import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareDurations, compareQuantities } from './quantities.ts'

test.each([
  ['500m', '0.5'],
  ['1Gi', '1024Mi'],
  ['1e3', '1k'],
  ['1E', '1e18'],
  ['.5', '500m'],
  ['5.', '+5'],
  ['1000000n', '1m'],
  ['0', '-0'],
  [1, '1000m'],
  [0.1, '100m'],
  ['1.5Gi', '1536Mi'],
  ['100u', '0.1m'],
])('%s is as much as %s', (left, right) => {
  expect(compareQuantities(left, right)).toBe(0)
})

test.each([
  ['1000Mi', '1Gi'],
  ['9007199254740992', '9007199254740993'],
  ['-1', '0'],
  ['0.1m', '1m'],
  ['1M', '1Mi'],
])('%s is less than %s, exactly', (left, right) => {
  expect(compareQuantities(left, right)).toBe(-1)
  expect(compareQuantities(right, left)).toBe(1)
})

test.each([
  '',
  '.',
  '1 Gi',
  '1gi',
  '1K',
  '1e',
  'e3',
  '1e101',
  '0x10',
  '1Kim',
  '٣',
  '1'.repeat(65),
  null,
  {},
  [],
  true,
  NaN,
])('%s is no quantity', (value) => {
  expect(compareQuantities(value, '1')).toBeNull()
  expect(compareQuantities('1', value)).toBeNull()
})

const powers = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 } as const

test('an amount is the same with every suffix that it can be written with', () => {
  const suffix = fc.constantFrom(...Object.entries(powers))
  fc.assert(
    fc.property(
      fc.bigInt(-(10n ** 15n), 10n ** 15n),
      suffix,
      suffix,
      (amount, [first, firstPower], [second, secondPower]) => {
        // Written in units of the smaller suffix, and of the larger one with decimals.
        const [small, large, shift] =
          firstPower <= secondPower
            ? [first, second, secondPower - firstPower]
            : [second, first, firstPower - secondPower]
        expect(compareQuantities(`${amount}${small}`, `${withDecimals(amount, shift)}${large}`)).toBe(
          `${withDecimals(amount, shift)}${large}`.length > 64 ? null : 0,
        )
      },
    ),
  )
})

function withDecimals(amount: bigint, places: number): string {
  const digits = String(amount < 0n ? -amount : amount).padStart(places + 1, '0')
  const sign = amount < 0n ? '-' : ''
  return places === 0 ? `${sign}${digits}` : `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`
}

test('whole numbers are ordered as they are, with every binary suffix', () => {
  const number = fc.bigInt(-(2n ** 70n), 2n ** 70n)
  fc.assert(
    fc.property(number, number, fc.constantFrom('Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'), (left, right, suffix) => {
      const order = left === right ? 0 : left < right ? -1 : 1
      expect(compareQuantities(`${left}${suffix}`, `${right}${suffix}`)).toBe(order)
      expect(compareQuantities(`${left * 1024n}`, `${right}Ki`)).toBe(order)
    }),
  )
})

test.each([
  ['90s', '1m30s'],
  ['1h', '60m0s'],
  ['1.5h', '1h30m'],
  ['0', '0s'],
  ['100µs', '100us'],
  ['1000ms', '+1s'],
  ['.5s', '500ms'],
])('%s is as long as %s', (left, right) => {
  expect(compareDurations(left, right)).toBe(0)
})

test.each(['', 's', '1', '1d', '1h ', '1 h', '1h-3m', '1.s.', 3, null, '1s'.repeat(40)])(
  '%s is no duration',
  (value) => {
    expect(compareDurations(value, '1s')).toBeNull()
  },
)

test('durations are ordered by their nanoseconds', () => {
  const length = fc.integer({ min: -1e9, max: 1e9 })
  fc.assert(
    fc.property(length, length, (left, right) => {
      expect(compareDurations(`${left}us`, `${right * 1000}ns`)).toBe(Math.sign(left - right) + 0)
    }),
  )
})
