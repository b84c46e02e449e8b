// The letters that stand for words in the table of revisions, and for the links that say nothing of their own.

import type { Observed } from '@plaintrail/history/observation'
import type { Adjacency, Fidelity, Link, Significance } from '@plaintrail/history/revision'

export const observedLetters = {
  state: 's',
  deleted: 'x',
  deleting: 'd',
  'patch-only': 'p',
  'metadata-only': 'm',
} as const satisfies Record<Observed, string>

export const fidelityLetters = {
  exact: 'e',
  derived: 'd',
  'metadata-only': 'm',
  gap: 'g',
} as const satisfies Record<Fidelity, string>

export const significanceLetters = {
  created: 'c',
  deleted: 'x',
  deleting: 'd',
  changed: 'm',
  status: 's',
  renewal: 'r',
  bookkeeping: 'b',
  unknown: 'u',
} as const satisfies Record<Significance, string>

/** What the indexes that leave these out say of them, as SQL of `revision r`. */
export const isBesideText = `r.significance in ('s', 'r', 'b')`
export const isMeantText = `r.significance not in ('s', 'r', 'b')`
export const isReportText = `r.significance = 's'`
export const isNoReportText = `r.significance <> 's'`

/** Links without reasons, unseen writes and fills: nearly all. */
const plainLetters = { first: 'f', proven: 'p', assumed: 'a' } as const satisfies Partial<Record<Adjacency, string>>
/** The column `link` has it. */
const ownLetter = 'o'

/** The two columns of a link. */
export function linkColumns(link: Link): { readonly linked: string; readonly link: Link | null } {
  const { adjacency, reasons, unseenMin, fills } = link
  const isPlain = reasons.length === 0 && unseenMin === 0 && fills.length === 0
  const letter = isPlain ? plainLetter(adjacency) : null
  return letter === null ? { linked: ownLetter, link } : { linked: letter, link: null }
}

function plainLetter(adjacency: Adjacency): string | null {
  return adjacency === 'first' || adjacency === 'proven' || adjacency === 'assumed' ? plainLetters[adjacency] : null
}

/** SQL of a column of letters as words. */
export function wordsText(column: string, letters: Readonly<Record<string, string>>): string {
  const cases = Object.entries(letters).map(([word, letter]) => `when '${letter}' then '${word}'`)
  return `case ${column} ${cases.join(' ')} end`
}

/** SQL of the link of `revision r`. */
export const linkText = `coalesce(r.link, case r.linked ${Object.entries(plainLetters)
  .map(([adjacency, letter]) => {
    const link = { adjacency, reasons: [], unseenMin: 0, fills: [] }
    return `when '${letter}' then '${JSON.stringify(link)}'::jsonb`
  })
  .join(' ')} end)`
