// What must not change when the library that encodes certificates does: folders that clusters already trust live on.
import { X509Certificate, generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { signCertificate } from './sign-certificate.ts'
import type { CertificateRequest } from './sign-certificate.ts'

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })

async function signed(part: Partial<CertificateRequest>): Promise<X509Certificate> {
  const name = { organization: 'plaintrail', commonName: 'plaintrail ingest CA' }
  return new X509Certificate(
    await signCertificate({
      use: { kind: 'client' },
      subject: name,
      issuer: name,
      publicKey: keys.publicKey,
      issuerPublicKey: keys.publicKey,
      issuerPrivateKey: keys.privateKey,
      serial: Uint8Array.of(1),
      notBefore: new Date('2025-01-01T00:00:00Z'),
      notAfter: new Date('2030-01-01T00:00:00Z'),
      ...part,
    }),
  )
}

test.each(['prod', '#0102', 'a\\b', '"quoted"', 'a,b+c=d', ' x '])(
  'the common name %j stands in the certificate as UTF8String, as in every authority made so far',
  async (commonName) => {
    const { raw } = await signed({ subject: { organization: 'plaintrail', commonName } })
    const attribute = Buffer.concat([Buffer.from([6, 3, 0x55, 4, 3, 0x0c, commonName.length]), Buffer.from(commonName)])
    expect(raw.includes(attribute)).toBe(true)
  },
)

test.each([
  ['2049-12-31T23:59:59.999Z', '170d3439313233313233353935395a'],
  ['2050-01-01T00:00:00.001Z', '180f32303530303130313030303030305a'],
])('a certificate that ends at %s says so in whole seconds, as RFC 5280 section 4.1.2.5 asks', async (end, encoded) => {
  const { raw } = await signed({ notAfter: new Date(end) })
  expect(raw.toString('hex')).toContain(encoded)
})

test.each(['::ffff:10.0.0.5', '64:ff9b::1.2.3.4', '::', '1:2:3:4:5:6:7:8'])(
  'the address %s is on the certificate, and 0.0.0.1 written like it is not',
  async (address) => {
    const certificate = await signed({ use: { kind: 'server', names: [address] } })
    expect(certificate.checkIP(address)).toBeDefined()
    expect(certificate.checkIP('::ffff:0:1')).toBeUndefined()
  },
)

test('a key of another kind than ECDSA P-256 signs nothing', async () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
  await expect(signed({ issuerPrivateKey: rsa.privateKey })).rejects.toThrowError(/Invalid key type/)
})
