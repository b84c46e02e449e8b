// scalarOffsets: where in a YAML file each character of a text stands, through quotes, folded lines and indentation.

export interface WrittenScalar {
  /** The whole file. */
  readonly source: string
  /** Of the scalar's first character: a quote, or the header of a block. */
  readonly from: number
  readonly style: 'plain' | 'single' | 'double' | 'block'
  readonly value: string
}

/**
 * For each UTF-16 code unit of the value, and for its end, an offset into the file. Line breaks and indentation within
 * a text are told as the place where they begin.
 */
export function scalarOffsets({ source, from, style, value }: WrittenScalar): readonly number[] {
  const offsets: number[] = []
  let at = style === 'block' ? source.indexOf('\n', from) : style === 'plain' ? from : from + 1
  if (at === -1) at = source.length
  while (offsets.length < value.length) {
    const fold = lineBreakAt(source, at)
    if (fold > 0) {
      const start = at
      at += fold
      while (offsets.length < value.length && isBlank(value.charAt(offsets.length))) offsets.push(start)
      // A quoted text may end its line with a backslash, so nothing of the value need stand for the break.
      continue
    }
    const { units, length } = writtenAt(source, at, style)
    for (let unit = 0; unit < units && offsets.length < value.length; unit += 1) offsets.push(at)
    at += length
    if (at > source.length) break
  }
  while (offsets.length <= value.length) offsets.push(Math.min(at, source.length))
  return offsets
}

/** How much space with a line break in it stands there; 0 where there is no break. */
function lineBreakAt(source: string, at: number): number {
  let end = at
  let hasBreak = false
  for (; end < source.length && isBlank(source.charAt(end)); end += 1) if (source[end] === '\n') hasBreak = true
  return hasBreak ? end - at : 0
}

/** How many code units of the value one written character or escape stands for, and how long it is itself. */
function writtenAt(source: string, at: number, style: WrittenScalar['style']): { units: number; length: number } {
  if (style === 'single' && source.startsWith("''", at)) return { units: 1, length: 2 }
  if (style !== 'double' || source[at] !== '\\') return { units: 1, length: 1 }
  switch (source[at + 1]) {
    case 'x':
      return { units: 1, length: 4 }
    case 'u':
      return { units: 1, length: 6 }
    case 'U':
      return { units: Number.parseInt(source.slice(at + 2, at + 10), 16) > 0xffff ? 2 : 1, length: 10 }
    case '\n':
    case '\r':
      return { units: 0, length: 1 }
    default:
      return { units: 1, length: 2 }
  }
}

const isBlank = (character: string): boolean =>
  character === ' ' || character === '\t' || character === '\n' || character === '\r'
