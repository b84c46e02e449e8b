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

const block = /-----BEGIN CERTIFICATE REQUEST-----\r?\n([^-]*)\r?\n-----END CERTIFICATE REQUEST-----/

/** What encoding/pem of Go decodes: lines with a colon are headers. */
function derOf(pem: string): Buffer | null {
  const [, inner] = block.exec(pem) ?? []
  if (inner === undefined) return null
  const lines = inner.split(/\r?\n/).filter((line) => !line.includes(':'))
  return Buffer.from(lines.join(''), 'base64')
}

const commonName = '2.5.4.3'
const organization = '2.5.4.10'

function subjectOf(der: Buffer): RequestedCertificate | 'unreadable' {
  try {
    const { certificationRequestInfo } = AsnConvert.parse(der, CertificationRequest)
    const names = [...certificationRequestInfo.subject].flatMap((set) => [...set])
    const valuesOf = (type: string) => names.filter((name) => name.type === type).map(({ value }) => value.toString())
    // Of several the last counts: FillFromRDNSequence in Go's crypto/x509/pkix.
    return { commonName: valuesOf(commonName).at(-1) ?? '', organizations: valuesOf(organization) }
  } catch {
    return 'unreadable'
  }
}
