import { randomBytes } from 'node:crypto'
import { CertificationRequest } from '@peculiar/asn1-csr'
import { AsnConvert } from '@peculiar/asn1-schema'
import { describe, expect, test } from 'vitest'
import { certificateRequestOf } from './certificate-request.ts'

/** By `openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -subj /O=dev/O=ops/CN=erin`. */
const made =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIbk1JR05BZ0VBTUNzeEREQUtCZ05WQkFvTUEyUmxkakVNTUFvR0ExVUVDZ3dEYjNCek1RMHdDd1lEVlFRRApEQVJsY21sdU1Ga3dFd1lIS29aSXpqMENBUVlJS29aSXpqMERBUWNEUWdBRVFQa29XNkgrQVlhUmMyblo4SE5QCjlSUkw1QTJEUk5MVXAxeVRiZnFORXJWS0M2ZjBHTFlHOVB0NjhGWG81Mm5ha2w1Tkt6VWtCSm1TYzBmeisrRTQKd3FBQU1Bb0dDQ3FHU000OUJBTUNBMGtBTUVZQ0lRQ1RXeTVNRWV2U2RURHk0Y0wyQ3hMS05ldm5NMzFxNHVVSApCM3kxNGM1TWtnSWhBS3RIWEtNbjFUWEpIbDAxREp2OHBBZllsa2I3LzRqa2c1R21Vc3A4NkFRNAotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K'
const pem = Buffer.from(made, 'base64').toString()
/** By the same, of a request for /O=system:masters/CN=other. */
const other = Buffer.from(
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIa01JR0xBZ0VBTUNreEZ6QVZCZ05WQkFvTURuTjVjM1JsYlRwdFlYTjBaWEp6TVE0d0RBWURWUVFEREFWdgpkR2hsY2pCWk1CTUdCeXFHU000OUFnRUdDQ3FHU000OUF3RUhBMElBQkdZL3FWM0VvVUtwYUlSK0xuMzFkUndvCjl1c3ZNVmFaQUQyZy9POTcxWDBLeFNYWkNIbjVZNSsvU3RkRGRxUmRISlNTRWNJblZhTXBDKzYxbjVjRlNXdWcKQURBS0JnZ3Foa2pPUFFRREFnTklBREJGQWlFQXFzYVN1eWZMbHprTFJsa2FTQW1RMGNGTTdpTm1jaWZ1dFlzQwpJM09DVjBvQ0lIZmhJMllkaEV6SVE1eFNWTFV3RVArSHlmOUY4bHZYTzdWTktQcGxWK3puCi0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=',
  'base64',
).toString()
const of = (text: string): ReturnType<typeof certificateRequestOf> => ofRequest(Buffer.from(text).toString('base64'))
const ofRequest = (request: unknown): ReturnType<typeof certificateRequestOf> =>
  certificateRequestOf({ kind: 'CertificateSigningRequest', spec: { request } })
const erin = { commonName: 'erin', organizations: ['dev', 'ops'] }

describe('the subject of a request for a certificate', () => {
  test('is the user and the groups of who has the certificate', () => {
    expect(ofRequest(made)).toEqual(erin)
  })

  test('is read as Go reads PEM: after a preamble, with headers, with the line ends of Windows', () => {
    expect(of(`Certificate Request:\n  Data\n${pem}`)).toEqual(erin)
    expect(of(pem.replace('REQUEST-----\n', 'REQUEST-----\nComment: hello\n\n'))).toEqual(erin)
    expect(of(pem.replaceAll('\n', '\r\n'))).toEqual(erin)
  })

  test.each([
    ['begins within a line', (text: string) => `x${text}`],
    ['is of another kind at its end', (text: string) => text.replace('END CERTIFICATE', 'END OTHER')],
    ['holds what is no base64', (text: string) => text.replace('\nMI', '\n!MI')],
    ['has no end of its own', (text: string) => text.replace(/-----END.*/s, '')],
  ])('is that of the block which the API server takes, and not of one before it that %s', (_, spoiled) => {
    expect(of(`${spoiled(other)}${pem}`)).toEqual(erin)
  })

  test.each([
    ['a header with a hyphen', (text: string) => text.replace('REQUEST-----\n', 'REQUEST-----\nMade-By: a-b\n\n')],
    ['white space at the ends of lines', (text: string) => text.replaceAll('\n', ' \t\r\n')],
    ['white space in lines', (text: string) => text.replace('\nMI', '\nM \tI')],
  ])('is that of the first block, also if it has %s', (_, odd) => {
    expect(of(`${odd(pem)}${other}`)).toEqual(erin)
  })

  test('is read however much stands before it or behind it', () => {
    expect(of(`${'x'.repeat(500_000)}\n${pem}`)).toEqual(erin)
    const request = AsnConvert.parse(derOf(pem), CertificationRequest)
    request.signature = new Uint8Array(500_000).buffer
    expect(ofRequest(pemOf(Buffer.from(AsnConvert.serialize(request))))).toEqual(erin)
  })

  test('leaves out names that are no text to the API server', () => {
    const request = AsnConvert.parse(derOf(pem), CertificationRequest)
    const { subject } = request.certificationRequestInfo
    for (const odd of [{ universalString: 'harmless' }, { anyValue: new Uint8Array([4, 1, 120]).buffer }]) {
      const name = subject[2]
      if (name) subject.push(AsnConvert.parse(AsnConvert.serialize(name), name.constructor as never))
      const value = [...(subject.at(-1) ?? [])][0]?.value
      delete value?.utf8String
      if (value) Object.assign(value, odd)
    }
    expect(ofRequest(pemOf(Buffer.from(AsnConvert.serialize(request))))).toEqual(erin)
  })

  test('has the last of several common names, and text of any kind', () => {
    const request = AsnConvert.parse(derOf(pem), CertificationRequest)
    const { subject } = request.certificationRequestInfo
    const [group, , name] = [...subject]
    if (group === undefined || name === undefined) throw new Error('the request has another subject')
    subject.push(AsnConvert.parse(AsnConvert.serialize(name), name.constructor as never))
    const again = [...(subject.at(-1) ?? [])][0]
    if (again) again.value.utf8String = 'system:admin'
    const [organization] = [...group]
    if (organization) {
      delete organization.value.utf8String
      organization.value.printableString = 'masters'
    }
    const text = Buffer.from(AsnConvert.serialize(request)).toString('base64')
    expect(of(`-----BEGIN CERTIFICATE REQUEST-----\n${text}\n-----END CERTIFICATE REQUEST-----\n`)).toEqual({
      commonName: 'system:admin',
      organizations: ['masters', 'ops'],
    })
  })

  test('of anything else there is none', () => {
    expect(certificateRequestOf({ kind: 'Pod', spec: { request: made } })).toBeNull()
  })

  test.each([
    ['nothing', undefined],
    ['a number', 5],
    ['no PEM', Buffer.from('hello').toString('base64')],
    ['another block', Buffer.from(pem.replaceAll('CERTIFICATE REQUEST', 'CERTIFICATE')).toString('base64')],
    ['half of it', made.slice(0, made.length / 2)],
    ['too much', made.repeat(5_000)],
    ['levels without end', pemOf(nested(20_000))],
    ['lengths that lie', pemOf(Buffer.from('3084ffffffff3084ffffffff', 'hex'))],
  ])('of %s cannot be read, and is not taken for harmless', (_, request) => {
    expect(ofRequest(request)).toBe('unreadable')
  })

  test('of a long line of spaces takes no time', () => {
    const startMs = performance.now()
    expect(of(pem.replace('REQUEST-----', `REQUEST-----${' '.repeat(45_000)}x`))).toBe('unreadable')
    // It was 2,600 ms by an expression that looked for the end of the line from each space.
    expect(performance.now() - startMs).toBeLessThan(500)
  })

  test('of any bytes is read or not, and never thrown', () => {
    const der = derOf(pem)
    for (let at = 0; at < der.length; at++) {
      const changed = Buffer.from(der)
      changed[at] = randomBytes(1)[0] ?? 0
      const found = ofRequest(pemOf(changed))
      if (found !== 'unreadable')
        expect(found).toEqual({ commonName: expect.any(String), organizations: expect.any(Array) })
    }
  })
})

function derOf(text: string): Buffer {
  return Buffer.from(text.replaceAll(/-----[^-]*-----/g, ''), 'base64')
}

function pemOf(der: Buffer): string {
  const text = `-----BEGIN CERTIFICATE REQUEST-----\n${der.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`
  return Buffer.from(text).toString('base64')
}

function nested(bytes: number): Buffer {
  let inner = Buffer.from([5, 0])
  while (inner.length < bytes) {
    const { length } = inner
    const head = length < 128 ? [0x30, length] : [0x30, 0x82, length >> 8, length & 255]
    inner = Buffer.concat([Buffer.from(head), inner])
  }
  return inner
}
