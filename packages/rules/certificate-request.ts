// certificateRequestOf: as whom the bearer of a certificate would log in: the subject of a CertificateSigningRequest.
// Facts: kubernetes/kubernetes pkg/apis/certificates/helpers.go (ParseCSR) says how spec.request is read;
// staging/src/k8s.io/apiserver/pkg/authentication/request/x509 makes the user of the common name and groups of organizations.

import { memberOf, isJsonObject, type JsonObject } from '@plaintrail/history/json-values'
import { derItems, type DerItem } from './der-items.ts'

export interface RequestedCertificate {
  /** Empty where it has none. */
  readonly commonName: string
  readonly organizations: readonly string[]
}

/** Of spec.request, in base64: more than etcd takes. Whoever could make it too large to be read would be found by no rule. */
const requestCharsMax = 2 * 1024 * 1024

/** Null where the object is no request for a certificate; `unreadable` where what it asks for cannot be read. */
export function certificateRequestOf(object: JsonObject): RequestedCertificate | 'unreadable' | null {
  if (object['kind'] !== 'CertificateSigningRequest') return null
  const spec = object['spec']
  const text = isJsonObject(spec) ? memberOf(spec, 'request') : undefined
  if (typeof text !== 'string' || text.length > requestCharsMax) return 'unreadable'
  const der = derOf(Buffer.from(text, 'base64').toString('latin1'))
  return der === null ? 'unreadable' : subjectOf(der)
}

const begin = '-----BEGIN '
const end = '\n-----END '
const base64 = /^(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/

/**
 * Of the block that encoding/pem of Go decodes first, for there may be more, and text that only looks like one: whoever asks
 * must not be able to have another read here than the API server signs.
 */
function derOf(pem: string): Buffer | null {
  const [first = '', ...others] = pem.split(end)
  let before = first
  for (const after of others) {
    const der = endsBlock.test(after) ? derBefore(before) : null
    if (der !== null) return der
    before = after
  }
  return null
}

const endsBlock = /^CERTIFICATE REQUEST-----[ \t]*\r?(?:\n|$)/
/** From its first character on: one that only looks for the end of the line takes seconds on a line of spaces. */
const beginsBlock = /^CERTIFICATE REQUEST-----[ \t]*\r?$/

/** Of the last block that begins in a text which ends where the block does. Lines with a colon are headers, if they come first. */
function derBefore(text: string): Buffer | null {
  const at = text.lastIndexOf(begin)
  if (at === -1 || (at > 0 && text[at - 1] !== '\n')) return null
  const [head = '', ...lines] = text.slice(at + begin.length).split('\n')
  if (!beginsBlock.test(head)) return null
  const from = lines.findIndex((line) => !line.includes(':'))
  if (from === -1) return null
  const inner = lines
    .slice(from)
    .join('')
    .replaceAll(/[ \t\r]/g, '')
  return base64.test(inner) ? Buffer.from(inner, 'base64') : null
}

const sequence = 0x30
const set = 0x31
const commonName = '550403'
const organization = '55040a'

/** How a value is written, by its tag: what encoding/asn1 of Go makes no string of is no name there. */
const encodings: ReadonlyMap<number, BufferEncoding> = new Map([
  [0x0c, 'utf8'],
  [0x12, 'latin1'],
  [0x13, 'latin1'],
  [0x14, 'latin1'],
  [0x16, 'latin1'],
  [0x1e, 'utf16le'],
])

/** What follows the subject is not looked at, so that nobody makes it too large to be read. */
function subjectOf(der: Buffer): RequestedCertificate | 'unreadable' {
  try {
    const [, subject] = take(2, inside(first(inside(first(derItems(der)), sequence)), sequence))
    const found = { commonName: '', organizations: [] as string[] }
    for (const names of inside(subject, sequence))
      for (const name of inside(names, set)) {
        const [type, value] = take(2, inside(name, sequence))
        const text = value && textOf(value)
        if (text === undefined) continue
        const kind = type?.content.toString('hex')
        // Of several the last counts: FillFromRDNSequence in Go's crypto/x509/pkix.
        if (kind === commonName) found.commonName = text
        if (kind === organization) found.organizations.push(text)
      }
    return found
  } catch (error) {
    if (error instanceof RangeError) return 'unreadable'
    throw error
  }
}

function textOf({ tag, content }: DerItem): string | undefined {
  const encoding = encodings.get(tag)
  if (encoding === undefined) return undefined
  // Throws RangeError where half a character is left.
  if (encoding === 'utf16le') return Buffer.from(content).swap16().toString(encoding).replace(/\0$/, '')
  return content.toString(encoding)
}

function take(count: number, items: Iterable<DerItem>): readonly DerItem[] {
  const taken: DerItem[] = []
  for (const item of items) if (taken.push(item) === count) break
  return taken
}

const first = (items: Iterable<DerItem>): DerItem | undefined => take(1, items)[0]

function inside(item: DerItem | undefined, tag: number): Iterable<DerItem> {
  if (item?.tag !== tag) throw new RangeError('could not read DER: there is another item')
  return derItems(item.content)
}
