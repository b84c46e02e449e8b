// styledCell: what stands out on a terminal that has colours.
import { styleText } from 'node:util'

export type Look = 'bold' | 'dim' | 'red' | 'yellow' | 'green' | 'cyan'
export type Style = (look: Look, text: string) => string

export const plainStyle: Style = (_look, text) => text
export const colouredStyle: Style = (look, text) => styleText(look, text, { validateStream: false })

/** What was refused or failed is red, and so is what is severe, whatever its column. */
export function styledCell(style: Style, cell: string, look: Look | null): string {
  if (/^(?:dry run: )?(?:DENIED|REJECTED|ERROR)\b/.test(cell)) return style('red', cell)
  if (/^critical *$/.test(cell)) return style('red', cell)
  if (/^high *$/.test(cell)) return style('yellow', cell)
  return look === null ? cell : style(look, cell)
}
