// URLs, by the rules of Go's url.ParseRequestURI, as Kubernetes has them: absolute, or an absolute path.

import { Comparable } from './compare.ts'
import { notA } from './library-conversions.ts'
import { method, plain, type Overload } from './overload.ts'
import { CelMap, type Value } from './value.ts'

interface Parts {
  readonly scheme: string
  readonly host: string
  readonly path: string
  readonly query: string
}

class CelUrl extends Comparable {
  readonly kind = 'url'
  readonly text: string
  readonly parts: Parts
  constructor(text: string, parts: Parts) {
    super()
    this.text = text
    this.parts = parts
  }

  compare(other: CelUrl): number | undefined {
    return this.text === other.text ? 0 : undefined
  }
}

const charactersMax = 8_192
const form = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:(\/\/)([^/?]*))?([^?]*)(?:\?(.*))?$/s
const hostForm = /^(?:\[[0-9a-fA-F:.%]+\]|[^\s:[\]<>"\\^`{}|%@#]*)(?::\d*)?$/

const brokenEscape = /%(?![0-9a-fA-F]{2})/

function parseUrl(text: string): CelUrl | undefined {
  // No control characters: below a blank, and DEL.
  if (text === '' || text.length > charactersMax || [...text].some((one) => one < ' ' || one === '\u007f'))
    return undefined
  const match = form.exec(text)
  if (match === null) return undefined
  const [, scheme = '', slashes, authority = '', path = '', query = ''] = match
  // Without a scheme, two slashes are a path like any other.
  if (scheme === '') {
    const [own = '', ...rest] = text.split('?')
    return own.startsWith('/') && !brokenEscape.test(own)
      ? new CelUrl(text, { scheme, host: '', path: own, query: rest.join('?') })
      : undefined
  }
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  if (!hostForm.test(host) || brokenEscape.test(path)) return undefined
  // What has a scheme and no slash, as mailto:, has no path.
  const isOpaque = slashes === undefined && !path.startsWith('/')
  return new CelUrl(text, { scheme: scheme.toLowerCase(), host, path: isOpaque ? '' : path, query })
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** As it is where it is written correctly; else written anew. */
function escapedPath(path: string): string {
  if (/^[\w.~!$&'()*+,;=:@/[\]%-]*$/.test(path)) return path
  return encodeURIComponent(decoded(path) ?? path)
    .replaceAll(/%(?:24|26|2B|2C|2F|3A|3B|3D|40)/g, decodeURIComponent)
    .replaceAll(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
}

/** All values of each name. Pairs that are written wrongly are left out, as Go does. */
function queryOf(query: string): Value {
  const lists = new Map<string, string[]>()
  for (const pair of query.split('&')) {
    const [name = '', ...rest] = pair.split('=')
    const key = decoded(name.replaceAll('+', ' '))
    const value = decoded(rest.join('=').replaceAll('+', ' '))
    if (pair === '' || pair.includes(';') || key === undefined || value === undefined) continue
    const list = lists.get(key)
    if (list === undefined) lists.set(key, [value])
    else list.push(value)
  }
  return new CelMap(new Map([...lists].map(([key, list]) => [`s${key}`, [key, list]])))
}

const partsOf = (value: Value): Parts => (value as CelUrl).parts
const hostname = (host: string): string => host.replace(/:\d*$/, '').replace(/^\[(.*)\]$/, '$1')

export const urls: readonly Overload[] = [
  plain<[string]>('url', ['string'], 'url', ([text]) => parseUrl(text) ?? notA('a URL', text)),
  plain<[string]>('isURL', ['string'], 'bool', ([text]) => parseUrl(text) !== undefined),
  method<[Value]>('getScheme', ['url'], 'string', ([own]) => partsOf(own).scheme),
  method<[Value]>('getHost', ['url'], 'string', ([own]) => partsOf(own).host),
  method<[Value]>('getHostname', ['url'], 'string', ([own]) => hostname(partsOf(own).host)),
  method<[Value]>('getPort', ['url'], 'string', ([own]) => /:(\d*)$/.exec(partsOf(own).host)?.[1] ?? ''),
  method<[Value]>('getEscapedPath', ['url'], 'string', ([own]) => escapedPath(partsOf(own).path)),
  method<[Value]>('getQuery', ['url'], 'map', ([own]) => queryOf(partsOf(own).query)),
]
