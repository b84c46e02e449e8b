// TextInFile: a text of a rule and where its parts stand in the file, so that a place in it can be told as one there.
import type { LocatedText } from './located.ts'
import type { Place } from './rule-error.ts'
import { scalarOffsets } from './scalar-offsets.ts'
import { charactersIn } from './source-places.ts'

export interface TextInFile extends Place {
  readonly text: string
  /** Runs of its characters that stand side by side in the file, in order; `from` counts UTF-16 code units. */
  readonly runs: readonly (Place & { readonly from: number })[]
}

export function textInFile(
  { text, from, style }: LocatedText,
  { source, placeAt }: { readonly source: string; readonly placeAt: (at: number) => Place },
): TextInFile {
  const offsets = scalarOffsets({ source, from, style, value: text })
  const runs: (Place & { from: number })[] = []
  let expected = -1
  for (const [at, offset] of offsets.entries()) {
    if (offset !== expected) runs.push({ from: at, ...placeAt(offset) })
    expected = offset + 1
  }
  const { line, column } = runs[0] ?? placeAt(from)
  return { text, line, column, runs }
}

/** The place in the file of an offset into the text. */
export function placeOfOffset({ text, runs, line, column }: TextInFile, at: number): Place {
  // By halves: a text of many lines is asked for many places.
  let [low, high] = [0, runs.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((runs[middle]?.from ?? 0) <= at) low = middle + 1
    else high = middle
  }
  const run = runs[low - 1]
  return run === undefined
    ? { line, column }
    : { line: run.line, column: run.column + charactersIn(text.slice(run.from, at)) }
}

/** The place in the file of a line and a column of the text, both from 1. */
export function placeOfPlace(written: TextInFile, place: Place): Place {
  const lines = written.text.split('\n').slice(0, place.line)
  const before = lines.slice(0, -1).reduce((sum, one) => sum + one.length + 1, 0)
  const own = [...(lines.at(-1) ?? '')].slice(0, place.column - 1).join('')
  return placeOfOffset(written, before + own.length)
}
