// layoutTable: rows of cells as lines of aligned columns, no wider than the terminal.
import { displayWidth, truncated } from './terminal-text.ts'

export interface TableLayout {
  readonly titles: readonly string[]
  /** Of each column. */
  readonly widths: readonly number[]
  /** Whether a longer cell is cut; where there is no terminal, nothing is lost. */
  readonly isCut: boolean
}

const gap = '  '
const shrunkWidthMin = 6

/**
 * The widths that rows need; where they are wider than `columns`, the widest columns give way first, but those of `whole`
 * do not: part of an id is good for nothing.
 */
export function layoutTable(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  columns: number | null,
  whole: readonly boolean[] = [],
): TableLayout {
  const widths = titles.map((title, column) =>
    rows.reduce((width, row) => Math.max(width, displayWidth(row[column] ?? '')), displayWidth(title)),
  )
  if (columns === null) return { titles, widths, isCut: false }
  return { titles, widths: shrink(widths, columns - gap.length * (titles.length - 1), whole), isCut: true }
}

/** One line without its line end; `style` sees a padded cell and its column. */
export function tableLine(
  layout: TableLayout,
  cells: readonly string[],
  style: (cell: string, column: number) => string = (cell) => cell,
): string {
  const padded = layout.widths.map((width, column) => {
    const cell = layout.isCut ? truncated(cells[column] ?? '', width) : (cells[column] ?? '')
    const isLast = column === layout.widths.length - 1
    return style(isLast ? cell : cell + ' '.repeat(Math.max(0, width - displayWidth(cell))), column)
  })
  return padded.join(gap)
}

/** The widest columns are made equally wide, so far as it takes. */
function shrink(widths: readonly number[], widthMax: number, whole: readonly boolean[]): readonly number[] {
  let cap = Math.max(...widths)
  const capped = (): readonly number[] =>
    widths.map((width, column) => (whole[column] === true ? width : Math.min(width, cap)))
  const total = (): number => capped().reduce((sum, width) => sum + width, 0)
  while (cap > shrunkWidthMin && total() > widthMax) cap -= 1
  return capped()
}
