// csvLine: cells as one line of CSV (RFC 4180) that a spreadsheet takes for text.

/**
 * What spreadsheets begin a formula with, also behind white space and as the wide signs of Japanese input: a name of an
 * object must not become one.
 */
const formula = /^\s*[=+\-@\t\r\n＝＋－＠]/
/** Semicolons and tabs too: where they separate cells, a formula could begin behind one. */
const special = /[",;\t\r\n]/

/** Ends with CRLF. A cell that could be a formula begins with an apostrophe, which spreadsheets do not show. */
export function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

function csvCell(text: string): string {
  const safe = formula.test(text) ? `'${text}` : text
  return special.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
