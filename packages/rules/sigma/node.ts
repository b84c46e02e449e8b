// SigmaNode: what a detection asks of an event, with its selections and modifiers worked in.

export type SigmaNode =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly SigmaNode[] }
  | { readonly kind: 'not'; readonly part: SigmaNode }
  | SigmaTest

/** A field has one of the values. */
export interface SigmaTest {
  readonly kind: 'test'
  /** Null for a keyword: any part of the event. */
  readonly field: string | null
  readonly values: readonly SigmaValue[]
  /** Offset of its name in the file. */
  readonly at: number
}

export type SigmaValue =
  /** A whole text with gaps in it; letters A to Z are a to z unless `isCased`. */
  | { readonly kind: 'text'; readonly pieces: readonly SigmaPiece[]; readonly isCased: boolean }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'bool'; readonly value: boolean }
  /** `null` or an empty text: it is not there, or empty. */
  | { readonly kind: 'none' }
  | { readonly kind: 'exists' }
  | { readonly kind: 'compare'; readonly operator: '<' | '<=' | '>' | '>='; readonly than: number }
  | { readonly kind: 'regex'; readonly pattern: string }
  | { readonly kind: 'network'; readonly network: string }
  | { readonly kind: 'field'; readonly other: string; readonly how: 'is' | 'contains' | 'startsWith' | 'endsWith' }
  | { readonly kind: 'time'; readonly part: SigmaTimePart; readonly value: number }

export const sigmaTimeParts = ['minute', 'hour', 'day', 'month', 'year'] as const
export type SigmaTimePart = (typeof sigmaTimeParts)[number]

export type SigmaPiece = { readonly text: string } | 'any' | 'one'

/** Flat; one part is itself. */
export function joinedSigma(kind: 'and' | 'or', parts: readonly SigmaNode[]): SigmaNode {
  const flat = parts.flatMap((part) => (part.kind === kind ? part.parts : [part]))
  const [only] = flat
  return only !== undefined && flat.length === 1 ? only : { kind, parts: flat }
}

export function sigmaTests(node: SigmaNode): readonly SigmaTest[] {
  switch (node.kind) {
    case 'test':
      return [node]
    case 'not':
      return sigmaTests(node.part)
    case 'and':
    case 'or':
      return node.parts.flatMap(sigmaTests)
    default:
      return node satisfies never
  }
}

/** Of a text in which `*` and `?` are gaps, unless a backslash stands before them. */
export function sigmaPieces(text: string): readonly SigmaPiece[] {
  const pieces: SigmaPiece[] = []
  let literal = ''
  const end = (): void => {
    if (literal !== '') pieces.push({ text: literal })
    literal = ''
  }
  for (let at = 0; at < text.length; at += 1) {
    const [sign = '', next = ''] = [text[at], text[at + 1]]
    if (sign === '\\' && (next === '*' || next === '?' || next === '\\')) {
      literal += next
      at += 1
    } else if (sign === '*' || sign === '?') {
      end()
      const gap = sign === '*' ? 'any' : 'one'
      if (gap === 'one' || pieces.at(-1) !== 'any') pieces.push(gap)
    } else literal += sign
  }
  end()
  return pieces
}

/** Null where it has gaps. */
export function literalOf(pieces: readonly SigmaPiece[]): string | null {
  const [first] = pieces
  if (pieces.length === 0) return ''
  return pieces.length === 1 && typeof first === 'object' ? first.text : null
}
