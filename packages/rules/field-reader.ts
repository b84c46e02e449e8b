// FieldReader: values of a rule file by what they must be. Each fault is told with its place, and reading goes on.
import { nearestWord } from '@plaintrail/query/nearest-word'
import { kindWords, type Located, type LocatedMap, type LocatedText } from './located.ts'
import type { Place, Problems } from './rule-error.ts'
import { textInFile, type TextInFile } from './text-in-file.ts'

export type Fields<Name extends string> = Readonly<Partial<Record<Name, Located>>>

/** `what` is how a value is named in sentences: `spec.severity`. Whatever gives null has been told or is not there. */
export class FieldReader {
  readonly problems: Problems
  readonly placeAt: (at: number) => Place
  private readonly source: string

  constructor(problems: Problems, source: string, placeAt: (at: number) => Place) {
    this.problems = problems
    this.source = source
    this.placeAt = placeAt
  }

  /** The fields of a map; those that are set to nothing are not there. Null where it is no map. */
  fields<const Name extends string>(value: Located, what: string, names: readonly Name[]): Fields<Name> | null {
    const map = this.map(value, what)
    if (map === null) return null
    const found: Partial<Record<Name, Located>> = {}
    for (const [name, entry] of map.entries) {
      const known = names.find((one) => one === name)
      if (known === undefined) this.unknownField(entry.from, { what, name, names })
      else if (entry.value.kind !== 'scalar' || entry.value.value !== null) found[known] = entry.value
    }
    return found
  }

  private unknownField(
    from: number,
    { what, name, names }: { readonly what: string; readonly name: string; readonly names: readonly string[] },
  ): void {
    const near = nearestWord(name, names)
    const hint = near === null ? `Its fields are ${names.join(', ')}.` : `Did you mean "${near}"?`
    this.problems.add(from, `${what} has no field "${name.slice(0, 100)}"`, hint)
  }

  map(value: Located, what: string): LocatedMap | null {
    if (value.kind === 'map') return value
    this.wrongKind(value, what, 'a map')
    return null
  }

  /** The items of a list; where `count` has bounds, within them. */
  list(
    value: Located | undefined,
    what: string,
    count: { readonly min?: number; readonly max: number },
  ): readonly Located[] {
    if (value === undefined) return []
    if (value.kind !== 'list') {
      this.wrongKind(value, what, 'a list')
      return []
    }
    const { min = 0, max } = count
    if (value.items.length < min)
      this.problems.add(value.from, `${what} is empty`, `Give it ${min} or more, or leave it out.`)
    if (value.items.length <= max) return value.items
    this.problems.add(value.items[max]?.from ?? value.from, `${what} has more than ${max} items`)
    return value.items.slice(0, max)
  }

  /** A text without control characters but line breaks and tabs. */
  text(value: Located | undefined, what: string, charactersMax: number): string | null {
    if (value === undefined) return null
    if (value.kind !== 'text') {
      this.wrongKind(value, what, 'a text', value.kind === 'scalar' ? 'Put it in quotes.' : null)
      return null
    }
    const { text, from } = value
    if (text.trim() === '') this.problems.add(from, `${what} is empty`, 'Say something, or leave it out.')
    else if (text.length > charactersMax)
      this.problems.add(from, `${what} has ${text.length} characters and ${charactersMax} is the most`)
    else if (isUnprintable(text)) this.problems.add(from, `${what} holds a control character or a half of a character`)
    else return text
    return null
  }

  /** A text of one line. */
  line(value: Located | undefined, what: string, charactersMax: number): string | null {
    const text = this.text(value, what, charactersMax)
    if (text === null || value === undefined) return null
    if (!/[\n\r]/.test(text.trim())) return text.trim()
    this.problems.add(value.from, `${what} has more than one line`)
    return null
  }

  lines(
    value: Located | undefined,
    what: string,
    count: { readonly max: number; readonly charactersMax: number },
  ): readonly string[] {
    const items = this.list(value, what, count)
    return items
      .map((item) => this.line(item, `an item of ${what}`, count.charactersMax))
      .filter((line) => line !== null)
  }

  choice<const Word extends string>(value: Located | undefined, what: string, words: readonly Word[]): Word | null {
    const text = this.line(value, what, wordCharactersMax)
    if (text === null || value === undefined) return null
    const known = words.find((word) => word === text)
    if (known !== undefined) return known
    const near = nearestWord(text, words)
    const all = words.length > shownWordsMax ? null : `It is one of ${words.join(', ')}.`
    const hint = near === null ? all : `Did you mean "${near}"?`
    this.problems.add(value.from, `could not read ${what}: "${text}" is none of its values`, hint)
    return null
  }

  /** A whole number. */
  count(
    value: Located | undefined,
    what: string,
    bounds: { readonly min: number; readonly max: number },
  ): number | null {
    if (value === undefined) return null
    const { min, max } = bounds
    const number = value.kind === 'scalar' ? value.value : null
    if (typeof number === 'number' && Number.isSafeInteger(number) && number >= min && number <= max) return number
    this.wrongKind(value, what, `a whole number from ${min} to ${max}`)
    return null
  }

  /** A text whose parts are told about by their places. */
  written(value: Located | undefined, what: string, charactersMax: number): TextInFile | null {
    const text = this.text(value, what, charactersMax)
    return text === null || value?.kind !== 'text' ? null : this.inFile(value)
  }

  private inFile(value: LocatedText): TextInFile {
    return textInFile(value, { source: this.source, placeAt: this.placeAt })
  }

  wrongKind(value: Located, what: string, wanted: string, hint: string | null = null): void {
    this.problems.add(value.from, `${what} must be ${wanted}, not ${kindWords(value)}`, hint)
  }
}

const wordCharactersMax = 256
/** More are not listed in a hint. */
const shownWordsMax = 30

function isUnprintable(text: string): boolean {
  // oxlint would take control characters in a pattern for a mistake.
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at)
    if ((unit < 0x20 && unit !== 0x09 && unit !== 0x0a && unit !== 0x0d) || unit === 0x7f) return true
  }
  return !text.isWellFormed()
}
