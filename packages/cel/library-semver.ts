// Versions as semver.org has them.

import { Comparable } from './compare.ts'
import { notA } from './library-conversions.ts'
import { comparisons } from './library-quantity.ts'
import { method, plain, type Overload } from './overload.ts'
import { intOf, type Value } from './value.ts'

interface Parts {
  readonly numbers: readonly bigint[]
  readonly before: readonly string[]
}

class CelSemver extends Comparable {
  readonly kind = 'semver'
  readonly parts: Parts
  constructor(parts: Parts) {
    super()
    this.parts = parts
  }

  compare(other: CelSemver): number {
    for (const [at, number] of this.parts.numbers.entries()) {
      const against = other.parts.numbers[at] ?? 0n
      if (number !== against) return number < against ? -1 : 1
    }
    return compareBefore(this.parts.before, other.parts.before)
  }
}

/** What comes before a release: numbers by value and below words, fewer below more, none above all. */
function compareBefore(one: readonly string[], other: readonly string[]): number {
  if (one.length === 0 || other.length === 0) return Math.sign(other.length - one.length)
  for (const [at, word] of one.entries()) {
    const against = other[at]
    if (against === undefined) return 1
    if (word === against) continue
    const numbers = [word, against].map((text) => /^\d+$/.test(text))
    if (numbers[0] !== numbers[1]) return numbers[0] === true ? -1 : 1
    if (numbers[0] === true) return BigInt(word) < BigInt(against) ? -1 : 1
    return word < against ? -1 : 1
  }
  return one.length === other.length ? 0 : -1
}

const charactersMax = 256
const number = '(0|[1-9]\\d*)'
const word = '(?:0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)'
const strict = new RegExp(
  `^${number}\\.${number}\\.${number}(?:-(${word}(?:\\.${word})*))?(?:\\+[0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*)?$`,
)

function parseSemver(text: string, isLoose: boolean): CelSemver | undefined {
  if (text.length > charactersMax) return undefined
  const match = strict.exec(isLoose ? normalized(text) : text)
  if (match === null) return undefined
  const [, major = '0', minor = '0', patch = '0', before] = match
  const numbers = [major, minor, patch].map(BigInt)
  if (numbers.some((part) => part >= 2n ** 63n)) return undefined
  return new CelSemver({ numbers, before: before === undefined ? [] : before.split('.') })
}

/** Without a leading v and leading zeros, and with the parts that are left out. */
function normalized(text: string): string {
  const [, core = '', rest = ''] = /^v?([\d.]*)(.*)$/s.exec(text) ?? []
  const parts = core.split('.').map((part) => part.replace(/^0+(?=\d)/, ''))
  const missing = rest === '' ? Array.from({ length: Math.max(0, 3 - parts.length) }, () => '0') : []
  return [...parts, ...missing].join('.') + rest
}

const versionOf = (value: Value): CelSemver => value as CelSemver

export const versions: readonly Overload[] = [
  plain<[string]>('semver', ['string'], 'semver', ([text]) => parseSemver(text, false) ?? notA('a version', text)),
  plain<[string, boolean]>(
    'semver',
    ['string', 'bool'],
    'semver',
    ([text, isLoose]) => parseSemver(text, isLoose) ?? notA('a version', text),
  ),
  plain<[string]>('isSemver', ['string'], 'bool', ([text]) => parseSemver(text, false) !== undefined),
  plain<[string, boolean]>(
    'isSemver',
    ['string', 'bool'],
    'bool',
    ([text, isLoose]) => parseSemver(text, isLoose) !== undefined,
  ),
  ...['major', 'minor', 'patch'].map((name, at) =>
    method<[Value]>(name, ['semver'], 'int', ([own]) => intOf(versionOf(own).parts.numbers[at] ?? 0n)),
  ),
  ...comparisons('semver'),
]
