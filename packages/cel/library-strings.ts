// Strings: what CEL has, and the extension that Kubernetes switches on.

import { madeSizeMax } from './bounds.ts'
import { method, plain, type Overload } from './overload.ts'
import { matchCost } from './patterns.ts'
import type { Run } from './run.ts'
import { codePoints, pointAt, sliceByPoints } from './text.ts'
import { Failure, Fault, kindOf, type Value } from './value.ts'

type Int = number | bigint

export const strings: readonly Overload[] = [
  ...tests(),
  ...matching(),
  ...searches(),
  ...slices(),
  ...rewriting(),
  ...lists(),
]

/** Cost of going over a text once. */
const readCost = (text: string): number => text.length >> 6

function tests(): readonly Overload[] {
  const ask = (name: string, holds: (text: string, part: string) => boolean): Overload =>
    method<[string, string]>(name, ['string', 'string'], 'bool', ([text, part], run) => {
      run.spend(readCost(text))
      return holds(text, part)
    })
  return [
    ask('contains', (text, part) => text.includes(part)),
    ask('startsWith', (text, part) => text.startsWith(part)),
    ask('endsWith', (text, part) => text.endsWith(part)),
  ]
}

function matching(): readonly Overload[] {
  const matches = ([text, pattern]: readonly [string, string], run: Run): Value => {
    const compiled = run.patterns.of(pattern, text, run)
    return compiled instanceof Failure ? compiled : compiled.test(text)
  }
  return [
    method<[string, string]>('matches', ['string', 'string'], 'bool', matches),
    plain<[string, string]>('matches', ['string', 'string'], 'bool', matches),
    method<[string, string]>('find', ['string', 'string'], 'string', ([text, pattern], run) => {
      const found = findAll(text, pattern, 1, run)
      return found instanceof Failure ? found : (found[0] ?? '')
    }),
    method<[string, string]>('findAll', ['string', 'string'], 'list', ([text, pattern], run) =>
      findAll(text, pattern, madeSizeMax, run),
    ),
    method<[string, string, Int]>('findAll', ['string', 'string', 'int'], 'list', ([text, pattern, most], run) =>
      findAll(text, pattern, Number(most) < 0 ? madeSizeMax : Number(most), run),
    ),
  ]
}

function findAll(text: string, pattern: string, most: number, run: Run): readonly string[] | Failure {
  const compiled = run.patterns.of(pattern, text, run)
  if (compiled instanceof Failure) return compiled
  const matcher = compiled.matcher(text)
  const found: string[] = []
  while (found.length < most && matcher.find()) {
    // A match may read to the end of the text before it is given up, so each is charged as a whole.
    run.spend(matchCost(text, compiled))
    found.push(matcher.group() ?? '')
  }
  return found
}

function searches(): readonly Overload[] {
  const search = (name: string, isLast: boolean): readonly Overload[] => [
    method<[string, string]>(name, ['string', 'string'], 'int', ([text, part], run) => {
      run.spend(readCost(text))
      return pointAt(text, isLast ? text.lastIndexOf(part) : text.indexOf(part))
    }),
    method<[string, string, Int]>(name, ['string', 'string', 'int'], 'int', ([text, part, from], run) => {
      run.spend(readCost(text))
      const at = Number(from)
      const before = sliceByPoints(text, 0, Math.max(0, at))
      if (at < 0 || before === undefined) return new Failure(`there is no character ${from} in the string`)
      return pointAt(text, isLast ? text.lastIndexOf(part, before.length) : text.indexOf(part, before.length))
    }),
  ]
  return [...search('indexOf', false), ...search('lastIndexOf', true)]
}

function slices(): readonly Overload[] {
  const slice = (text: string, from: Int, to: Int | undefined, run: Run): Value => {
    run.spend(readCost(text))
    return (
      sliceByPoints(text, Number(from), to === undefined ? undefined : Number(to)) ??
      new Failure(
        `there is nothing from ${from}${to === undefined ? '' : ` to ${to}`} in a string of ${codePoints(text)}`,
      )
    )
  }
  return [
    method<[string, Int]>('substring', ['string', 'int'], 'string', ([text, from], run) =>
      slice(text, from, undefined, run),
    ),
    method<[string, Int, Int]>('substring', ['string', 'int', 'int'], 'string', ([text, from, to], run) =>
      slice(text, from, to, run),
    ),
    method<[string, Int]>('charAt', ['string', 'int'], 'string', ([text, at], run) => {
      run.spend(readCost(text))
      // One behind the last is an empty string.
      if (Number(at) === codePoints(text)) return ''
      return sliceByPoints(text, Number(at), Number(at) + 1) ?? new Failure(`there is no character ${at} in the string`)
    }),
  ]
}

function rewriting(): readonly Overload[] {
  const rewrite = (name: string, does: (text: string) => string): Overload =>
    method<[string]>(name, ['string'], 'string', ([text], run) => {
      run.spend(readCost(text))
      return does(text)
    })
  return [
    rewrite('trim', trimmed),
    rewrite('lowerAscii', (text) => text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())),
    rewrite('upperAscii', (text) => text.replaceAll(/[a-z]+/g, (letters) => letters.toUpperCase())),
    rewrite('reverse', (text) => [...text].toReversed().join('')),
    method<[string, string, string]>('replace', ['string', 'string', 'string'], 'string', ([text, old, by], run) =>
      replaced({ text, old, by, most: -1 }, run),
    ),
    method<[string, string, string, Int]>(
      'replace',
      ['string', 'string', 'string', 'int'],
      'string',
      ([text, old, by, most], run) => replaced({ text, old, by, most: Number(most) }, run),
    ),
    plain<[string]>('strings.quote', ['string'], 'string', ([text], run) => {
      run.spend(readCost(text))
      return quoted(text)
    }),
  ]
}

/** Without what Unicode calls white space: JavaScript's own trim() also takes U+FEFF. */
function trimmed(text: string): string {
  const isBlank = (at: number): boolean => /\p{White_Space}/u.test(text.charAt(at))
  let from = 0
  let to = text.length
  while (from < to && isBlank(from)) from += 1
  while (to > from && isBlank(to - 1)) to -= 1
  return text.slice(from, to)
}

function replaced(
  { text, old, by, most }: { readonly text: string; readonly old: string; readonly by: string; readonly most: number },
  run: Run,
): Value {
  run.spend(readCost(text))
  const parts = old === '' ? ['', ...text, ''] : text.split(old)
  const count = most < 0 ? parts.length - 1 : Math.min(most, parts.length - 1)
  const length = text.length + count * by.length
  if (length > madeSizeMax) return new Failure(`a string is longer than ${madeSizeMax} characters`)
  run.spend(length >> 6)
  const head = parts.slice(0, count + 1).join(by)
  const rest = parts.slice(count + 1)
  return rest.length === 0 ? head : head + old + rest.join(old)
}

const escapes: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\\': '\\\\',
  '"': '\\"',
}

const quoted = (text: string): string =>
  `"${Array.from(text.toWellFormed(), (character) => escapes[character] ?? character).join('')}"`

function lists(): readonly Overload[] {
  return [
    method<[string, string]>('split', ['string', 'string'], 'list', ([text, by], run) => split(text, by, -1, run)),
    method<[string, string, Int]>('split', ['string', 'string', 'int'], 'list', ([text, by, most], run) =>
      split(text, by, Number(most), run),
    ),
    method<[readonly Value[]]>('join', ['list'], 'string', ([list], run) => joined(list, '', run)),
    method<[readonly Value[], string]>('join', ['list', 'string'], 'string', ([list, by], run) =>
      joined(list, by, run),
    ),
  ]
}

function split(text: string, by: string, most: number, run: Run): Value {
  const parts = by === '' ? [...text] : text.split(by)
  run.spend(readCost(text) + parts.length)
  if (most < 0 || parts.length <= most) return parts
  if (most === 0) return []
  return [...parts.slice(0, most - 1), parts.slice(most - 1).join(by)]
}

function joined(list: readonly Value[], by: string, run: Run): Value {
  let length = 0
  const texts: string[] = []
  for (const item of list) {
    if (item instanceof Fault) return item
    if (typeof item !== 'string') return new Failure(`join() takes strings, not ${kindOf(item)}`)
    texts.push(item)
    length += item.length + by.length
    if (length > madeSizeMax) return new Failure(`a string is longer than ${madeSizeMax} characters`)
  }
  run.spend(list.length + (length >> 6))
  return texts.join(by)
}
