// textCondition: what of a query has to be asked of the sentence, which is told from a row and stands in none.

import { and, or, type Pattern, type Query } from '@plaintrail/query/ast'
import { termsOf } from './weakened-query.ts'

export interface TextCondition {
  /** The parts of the query that ask for no text, each as large as can be: SQL answers them, row by row. */
  readonly parts: readonly Query[]
  /** Whether a row matches, by what SQL answered to `parts` and by its sentence. */
  readonly holds: (answers: readonly boolean[], sentence: string) => boolean
}

type Step = (answers: readonly boolean[], sentence: string) => boolean

/** Null where the query asks for no text. Rows must meet its parts without text that stand at its top already. */
export function textCondition(query: Query): TextCondition | null {
  if (!asksText(query)) return null
  const parts: Query[] = []
  const open = query.kind === 'and' ? query.parts.filter(asksText) : [query]
  const steps = open.map((part) => stepOf(part, parts))
  return {
    parts,
    holds: (answers, sentence) => {
      const folded = inSmallLetters(sentence)
      return steps.every((step) => step(answers, folded))
    },
  }
}

const asksText = (query: Query): boolean => termsOf(query).some(({ kind }) => kind === 'says')

/** `parts` grows by what the step looks up in the answers. */
function stepOf(query: Query, parts: Query[]): Step {
  if (!asksText(query)) {
    const index = parts.push(query) - 1
    return (answers) => answers[index] === true
  }
  switch (query.kind) {
    case 'and': {
      const steps = stepsOf(query.parts, and, parts)
      return (answers, sentence) => steps.every((step) => step(answers, sentence))
    }
    case 'or': {
      const steps = stepsOf(query.parts, or, parts)
      return (answers, sentence) => steps.some((step) => step(answers, sentence))
    }
    case 'not': {
      const step = stepOf(query.part, parts)
      return (answers, sentence) => !step(answers, sentence)
    }
    case 'says':
      return (_answers, sentence) => occurs(query.text, sentence)
    default:
      throw new RangeError(`could not ask for a text by ${query.kind}: it has none`)
  }
}

/** What asks for no text is one part together. */
function stepsOf(among: readonly Query[], join: (parts: readonly Query[]) => Query, parts: Query[]): readonly Step[] {
  const [asking, others] = [among.filter(asksText), among.filter((part) => !asksText(part))]
  return [...(others.length === 0 ? [] : [join(others)]), ...asking].map((part) => stepOf(part, parts))
}

/** Its pieces one after the other: taking the first place of each leaves most for those after it. */
function occurs(pattern: Pattern, text: string): boolean {
  let from = 0
  for (const piece of pattern) {
    const at = text.indexOf(piece, from)
    if (at === -1) return false
    from = at + piece.length
  }
  return true
}

/** A to Z alone, as the language says. */
function inSmallLetters(text: string): string {
  return text.replaceAll(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
