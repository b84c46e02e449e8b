// Request URI: its path, and the values of its query read as the API server reads them.

/** What stands before the query. */
export function pathOf(requestURI: string): string {
  const end = requestURI.indexOf('?')
  return end < 0 ? requestURI : requestURI.slice(0, end)
}

/**
 * The values of a key, in their order, as Go's url.ParseQuery gives them (net/url): a pair that it refuses, for a `;` or
 * a broken escape, is left out. Bytes that are no UTF-8 become U+FFFD. Never throws.
 */
export function queryValues(requestURI: string, key: string): readonly string[] {
  const start = requestURI.indexOf('?')
  if (start < 0) return []
  const values: string[] = []
  for (const pair of requestURI.slice(start + 1).split('&')) {
    if (pair === '' || pair.includes(';')) continue
    const equals = pair.indexOf('=')
    const name = equals < 0 ? pair : pair.slice(0, equals)
    if (name !== key && (!/[%+]/.test(name) || unescaped(name) !== key)) continue
    const value = unescaped(equals < 0 ? '' : pair.slice(equals + 1))
    if (value !== null) values.push(value)
  }
  return values
}

const brokenEscape = /%(?![0-9A-Fa-f]{2})/

/** Null for an escape that is none. */
function unescaped(text: string): string | null {
  if (brokenEscape.test(text)) return null
  const spaced = text.replaceAll('+', ' ')
  try {
    return decodeURIComponent(spaced)
  } catch {
    const bytes = spaced.replaceAll(/%([0-9A-Fa-f]{2})|([^%]+)/g, (_, hex: string | undefined, plain: string) =>
      hex === undefined ? Buffer.from(plain).toString('latin1') : String.fromCharCode(Number.parseInt(hex, 16)),
    )
    return Buffer.from(bytes, 'latin1').toString('utf8')
  }
}
