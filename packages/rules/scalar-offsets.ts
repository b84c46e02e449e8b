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
  let isContinued = false
  let plainTo = at
  while (offsets.length < value.length) {
    const { length: fold, breaks, end } = at < plainTo ? noBreak : lineBreakAt(source, at)
    plainTo = Math.max(plainTo, end)
    if (fold > 0) {
      // Within quotes and plain text a break is a space, and each that follows at once a line break. A block keeps all.
      let units = isContinued ? 0 : style === 'block' ? value.length : Math.max(1, breaks - 1)
      for (; units > 0 && offsets.length < value.length && isBlank(value.charAt(offsets.length)); units -= 1)
        offsets.push(at)
      at += fold
      isContinued = false
      continue
    }
    const { units, length } = writtenAt(source, at, style)
    for (let unit = 0; unit < units && offsets.length < value.length; unit += 1) offsets.push(at)
    isContinued = units === 0
    at += length
    if (at > source.length) break
  }
  while (offsets.length <= value.length) offsets.push(Math.min(at, source.length))
  return offsets
}

interface LineBreak {
  /** Of space with line breaks in it; 0 where there are none. */
  readonly length: number
  readonly breaks: number
  /** Where the space ends, with breaks or without: nobody has to look again from each place in it. */
  readonly end: number
}

const noBreak: LineBreak = { length: 0, breaks: 0, end: 0 }

function lineBreakAt(source: string, at: number): LineBreak {
  let end = at
  let breaks = 0
  for (; end < source.length && isBlank(source.charAt(end)); end += 1) if (source[end] === '\n') breaks += 1
  return { length: breaks === 0 ? 0 : end - at, breaks, end }
}

/** How many code units of the value (0 of a backslash that ends a line) one written character or escape stands for, and how long it is itself. */
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
