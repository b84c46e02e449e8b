// signCertificate: one X.509 v3 certificate (RFC 5280) over ECDSA P-256, with exactly the extensions that our three
// uses need. @peculiar/x509 writes the encoding; the names, times and extensions that go in are chosen here.
import 'reflect-metadata'
import type { KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  PublicKey,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'
import type { Extension, JsonGeneralName } from '@peculiar/x509'

/** `organization` and `commonName` have at most 64 characters each (X.520). */
export interface DistinguishedName {
  readonly organization: string
  readonly commonName: string
}

export type CertificateUse =
  /** Signs certificates of servers and clients, and of no further authority. */
  | { readonly kind: 'authority' }
  /** `names`: DNS names in lower case, and IP addresses of either family in any spelling. */
  | { readonly kind: 'server'; readonly names: readonly string[] }
  | { readonly kind: 'client' }

export interface CertificateRequest {
  readonly use: CertificateUse
  readonly subject: DistinguishedName
  readonly issuer: DistinguishedName
  /** The subject's public key, on the curve P-256. */
  readonly publicKey: KeyObject
  readonly issuerPublicKey: KeyObject
  readonly issuerPrivateKey: KeyObject
  /** Big-endian, not all zero, at most 20 bytes (RFC 5280 section 4.1.2.2). */
  readonly serial: Uint8Array
  readonly notBefore: Date
  readonly notAfter: Date
}

/** The certificate in PEM. Rejects when the issuer's private key is not one of the curve P-256. */
export async function signCertificate(request: CertificateRequest): Promise<string> {
  const certificate = await X509CertificateGenerator.create({
    serialNumber: Buffer.from(request.serial).toString('hex'),
    subject: nameOf(request.subject),
    issuer: nameOf(request.issuer),
    notBefore: request.notBefore,
    notAfter: request.notAfter,
    publicKey: spkiOf(request.publicKey),
    signingKey: request.issuerPrivateKey.toCryptoKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']),
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: await extensionsOf(request),
  })
  return `${certificate.toString('pem')}\n`
}

/** Always UTF8String: the library would pick a type by the text, and Go compares the names of a chain byte by byte. */
function nameOf({ organization, commonName }: DistinguishedName): Name {
  return new Name([{ O: [{ utf8String: organization }] }, { CN: [{ utf8String: commonName }] }])
}

function spkiOf(publicKey: KeyObject): Buffer<ArrayBuffer> {
  return publicKey.export({ type: 'spki', format: 'der' })
}

async function extensionsOf({ use, publicKey, issuerPublicKey }: CertificateRequest): Promise<Extension[]> {
  return [
    new SubjectKeyIdentifierExtension(await keyIdentifier(publicKey)),
    new AuthorityKeyIdentifierExtension(await keyIdentifier(issuerPublicKey)),
    ...extensionsOfUse(use),
  ]
}

/** RFC 7093 method 1, in hexadecimal: 160 bits of the SHA-256 of the public point. */
async function keyIdentifier(publicKey: KeyObject): Promise<string> {
  const digest = await new PublicKey(spkiOf(publicKey)).getKeyIdentifier('SHA-256')
  return Buffer.from(digest, 0, 20).toString('hex')
}

/** Critical: a reader that does not know the extension must refuse the certificate. */
const critical = true

function extensionsOfUse(use: CertificateUse): readonly Extension[] {
  switch (use.kind) {
    case 'authority': {
      const intermediatesMax = 0
      return [
        new BasicConstraintsExtension(true, intermediatesMax, critical),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, critical),
      ]
    }
    case 'server':
      return [
        ...leafExtensions(ExtendedKeyUsage.serverAuth),
        new SubjectAlternativeNameExtension(use.names.map(generalName)),
      ]
    case 'client':
      return leafExtensions(ExtendedKeyUsage.clientAuth)
    default:
      return use satisfies never
  }
}

function leafExtensions(purpose: ExtendedKeyUsage): readonly Extension[] {
  return [
    new BasicConstraintsExtension(false, undefined, critical),
    new KeyUsagesExtension(KeyUsageFlags.digitalSignature, critical),
    new ExtendedKeyUsageExtension([purpose]),
  ]
}

function generalName(name: string): JsonGeneralName {
  switch (isIP(name)) {
    case 4:
      return { type: 'ip', value: name }
    case 6:
      return { type: 'ip', value: inHexadecimalGroups(name) }
    default:
      return { type: 'dns', value: name }
  }
}

/** The library reads `::ffff:10.0.0.5` as another address; URL writes every spelling without the dotted part. */
function inHexadecimalGroups(ipv6: string): string {
  return new URL(`http://[${ipv6}]`).hostname.slice(1, -1)
}
