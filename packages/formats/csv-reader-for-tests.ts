// readCsv: the cells of an RFC 4180 text, read by its grammar and by nothing of ours.

export function readCsv(text: string): readonly (readonly string[])[] {
  const lines: string[][] = []
  let cells: string[] = []
  const cell = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text)
    if (!found) throw new Error(`no CSV from here: ${text.slice(cell.lastIndex, cell.lastIndex + 80)}`)
    const [, quoted, plain = '', end] = found
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    if (end === ',') continue
    lines.push(cells)
    cells = []
  }
  return lines
}
