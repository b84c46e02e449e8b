// certificateRequestOf: as whom the bearer of a certificate would log in: the subject of a CertificateSigningRequest.
// Facts: kubernetes/kubernetes pkg/apis/certificates/helpers.go (ParseCSR) says how spec.request is read;
// staging/src/k8s.io/apiserver/pkg/authentication/request/x509 makes the user of the common name and groups of organizations.

import { CertificationRequest } from '@peculiar/asn1-csr'
import { AsnConvert } from '@peculiar/asn1-schema'
import { memberOf, isJsonObject, type JsonObject } from '@plaintrail/history/json-values'

export interface RequestedCertificate {
  /** Empty where it has none. */
  readonly commonName: string
  readonly organizations: readonly string[]
}

/** Of spec.request, in base64. Larger ones are not read; one with a hundred names has 8 KiB. */
const requestCharsMax = 64 * 1024

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

const commonName = '2.5.4.3'
const organization = '2.5.4.10'

function subjectOf(der: Buffer): RequestedCertificate | 'unreadable' {
  try {
    const { certificationRequestInfo } = AsnConvert.parse(der, CertificationRequest)
    const names = [...certificationRequestInfo.subject].flatMap((set) => [...set])
    const valuesOf = (type: string) =>
      names.filter((name) => name.type === type && isText(name.value)).map(({ value }) => value.toString())
    // Of several the last counts: FillFromRDNSequence in Go's crypto/x509/pkix.
    return { commonName: valuesOf(commonName).at(-1) ?? '', organizations: valuesOf(organization) }
  } catch {
    return 'unreadable'
  }
}

/** What encoding/asn1 of Go makes no string of is no name there. */
const isText = ({ anyValue, universalString }: { readonly anyValue?: unknown; readonly universalString?: unknown }) =>
  anyValue === undefined && universalString === undefined
