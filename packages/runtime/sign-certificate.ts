// signCertificate: one X.509 v3 certificate (RFC 5280) over ECDSA P-256, with exactly the extensions that our three
// uses need. Written here because a certificate is a hundred lines of DER, and node:crypto does the cryptography.
import { createHash, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { isIP } from 'node:net'
import { der } from './der.ts'

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

/** The certificate in PEM. */
export function signCertificate(request: CertificateRequest): string {
  const toBeSigned = der.sequence(
    der.wrapped(0, der.unsignedInteger(Uint8Array.of(versionThree))),
    der.unsignedInteger(request.serial),
    ecdsaWithSha256,
    nameOf(request.issuer),
    der.sequence(der.time(request.notBefore), der.time(request.notAfter)),
    nameOf(request.subject),
    request.publicKey.export({ type: 'spki', format: 'der' }),
    der.wrapped(3, der.sequence(...extensionsOf(request))),
  )
  const signature = sign('sha256', toBeSigned, request.issuerPrivateKey)
  return pemOf(der.sequence(toBeSigned, ecdsaWithSha256, der.bitString(signature)))
}

/** Versions count from 0. */
const versionThree = 2

const ecdsaWithSha256 = der.sequence(der.objectIdentifier('1.2.840.10045.4.3.2'))

function nameOf(name: DistinguishedName): Buffer {
  return der.sequence(nameAttribute('2.5.4.10', name.organization), nameAttribute('2.5.4.3', name.commonName))
}

function nameAttribute(identifier: string, value: string): Buffer {
  return der.set(der.sequence(der.objectIdentifier(identifier), der.utf8String(value)))
}

function extensionsOf({ use, publicKey, issuerPublicKey }: CertificateRequest): readonly Buffer[] {
  return [
    extension('2.5.29.14', der.octetString(keyIdentifier(publicKey))),
    extension('2.5.29.35', der.sequence(der.tagged(0, keyIdentifier(issuerPublicKey)))),
    ...extensionsOfUse(use),
  ]
}

function extensionsOfUse(use: CertificateUse): readonly Buffer[] {
  const basicConstraints = '2.5.29.19'
  const noAuthority = critical(basicConstraints, der.sequence())
  switch (use.kind) {
    case 'authority': {
      const noFurtherAuthority = der.unsignedInteger(Uint8Array.of(0))
      return [
        critical(basicConstraints, der.sequence(der.boolean(true), noFurtherAuthority)),
        keyUsage(keyCertSign | cRLSign, 1),
      ]
    }
    case 'server':
      return [
        noAuthority,
        keyUsage(digitalSignature, 7),
        extendedKeyUsage('1.3.6.1.5.5.7.3.1'),
        extension('2.5.29.17', der.sequence(...use.names.map(generalName))),
      ]
    case 'client':
      return [noAuthority, keyUsage(digitalSignature, 7), extendedKeyUsage('1.3.6.1.5.5.7.3.2')]
    default:
      return use satisfies never
  }
}

function extension(identifier: string, value: Uint8Array): Buffer {
  return der.sequence(der.objectIdentifier(identifier), der.octetString(value))
}

/** A reader that does not know the extension must refuse the certificate. */
function critical(identifier: string, value: Uint8Array): Buffer {
  return der.sequence(der.objectIdentifier(identifier), der.boolean(true), der.octetString(value))
}

/** Named bits of RFC 5280 section 4.2.1.3, the first bit being the highest of the byte. */
const digitalSignature = 0b1000_0000
const keyCertSign = 0b0000_0100
const cRLSign = 0b0000_0010

function keyUsage(bits: number, unusedBits: number): Buffer {
  return critical('2.5.29.15', der.bitString(Uint8Array.of(bits), unusedBits))
}

function extendedKeyUsage(identifier: string): Buffer {
  return extension('2.5.29.37', der.sequence(der.objectIdentifier(identifier)))
}

function generalName(name: string): Buffer {
  switch (isIP(name)) {
    case 4:
      return der.tagged(7, Uint8Array.from(name.split('.').map(Number)))
    case 6:
      return der.tagged(7, ipv6Bytes(name))
    default:
      return der.tagged(2, Buffer.from(name, 'ascii'))
  }
}

/** URL writes every spelling of an IPv6 address as hexadecimal groups with at most one gap. */
function ipv6Bytes(address: string): Buffer {
  const [head = '', tail = ''] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::')
  const before = hexadecimalGroups(head)
  const after = hexadecimalGroups(tail)
  const gap = '0000'.repeat(8 - (before.length + after.length) / 4)
  return Buffer.from(before + gap + after, 'hex')
}

function hexadecimalGroups(part: string): string {
  const groups = part === '' ? [] : part.split(':')
  return groups.map((group) => group.padStart(4, '0')).join('')
}

/** RFC 7093 method 1: 160 bits of the SHA-256 of the public point, which ends the encoding of a P-256 key. */
function keyIdentifier(publicKey: KeyObject): Buffer {
  const pointBytes = 65
  const point = publicKey.export({ type: 'spki', format: 'der' }).subarray(-pointBytes)
  return createHash('sha256').update(point).digest().subarray(0, 20)
}

function pemOf(certificate: Buffer): string {
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
