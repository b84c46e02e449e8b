// CertificateAuthority: our own root, made once in a folder, so that API servers reach ingest by TLS with no other PKI.
import {
  X509Certificate,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPair,
  randomBytes,
} from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { isIP } from 'node:net'
import { dirname, join } from 'node:path'
import { domainToASCII } from 'node:url'
import { promisify } from 'node:util'
import type { CertificateRequest, CertificateUse, DistinguishedName } from './sign-certificate.ts'

export interface CertificateAuthority {
  /** What a webhook kubeconfig embeds. The same for the life of the folder. */
  readonly certificatePem: string
  /**
   * A certificate for TLS under these DNS names and IP addresses, and always localhost, 127.0.0.1 and ::1. The one in
   * the folder while it covers the names and has more than 30 days left, else a new one: a process that runs for months
   * asks again every day. Rejects with CertificateAuthorityError for what is neither a DNS name nor an address.
   */
  serverCertificate(names: readonly string[]): Promise<KeyAndCertificate>
  /** A new certificate with which an API server shows who it is; nothing of it is kept. Valid for 825 days at most. */
  clientCertificate(commonName: string): Promise<ClientCertificate>
}

/** Both in PEM; the key is PKCS #8. */
export interface KeyAndCertificate {
  readonly cert: string
  readonly key: string
  readonly notAfter: Date
}

export interface ClientCertificate extends KeyAndCertificate {
  /** Hexadecimal in upper case, as `getPeerCertificate().serialNumber` gives it. */
  readonly serial: string
  /** SHA-256 of the DER bytes (`getPeerCertificate().raw`), hexadecimal in lower case. */
  readonly fingerprintSha256: string
}

export class CertificateAuthorityError extends Error {
  override name = 'CertificateAuthorityError'
  readonly code = 'certificate_authority_failed'
}

/**
 * Opens the authority in `folder`, making the folder, `ca-key.pem` (0600) and `ca.pem` (0644) where they are missing.
 * One process at a time: the caller holds the lock of the data folder. Rejects with CertificateAuthorityError when the
 * files are there and cannot be used; it never replaces them.
 */
export async function openCertificateAuthority(
  folder: string,
  now: () => number = Date.now,
): Promise<CertificateAuthority> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const root = await openRoot(folder, now)
  let turn: Promise<unknown> = Promise.resolve()
  return authorityOf(root, now, (names) => {
    const made = turn.then(() => currentServerCertificate(folder, root, names, now()))
    turn = made.catch(() => null)
    return made
  })
}

/**
 * Opens an authority that several processes share, from a folder that openCertificateAuthority made: it may be mounted
 * read-only. Each process has a server certificate of its own, in memory only.
 */
export async function openSharedCertificateAuthority(
  folder: string,
  now: () => number = Date.now,
): Promise<CertificateAuthority> {
  for (const name of ['ca-key.pem', 'ca.pem']) {
    if ((await readIfThere(join(folder, name))) !== null) continue
    throw new CertificateAuthorityError(`could not open the certificate authority: ${join(folder, name)} is not there`)
  }
  const root = await openRoot(folder, now)
  let kept: KeyAndCertificate | null = null
  return authorityOf(root, now, async (names) => {
    const wanted = serverNames(names)
    kept = keptServerCertificate(kept && kept.cert + kept.key, wanted, root, now())
    kept ??= await issue(root, { kind: 'server', names: wanted }, ingestServerName, now())
    return kept
  })
}

function authorityOf(
  root: Root,
  now: () => number,
  serverCertificate: CertificateAuthority['serverCertificate'],
): CertificateAuthority {
  return {
    certificatePem: root.certificatePem,
    serverCertificate,
    clientCertificate: async (commonName) => {
      const subject = { organization: 'plaintrail-ingest', commonName: checkedCommonName(commonName) }
      const made = await issue(root, { kind: 'client' }, subject, now())
      const certificate = new X509Certificate(made.cert)
      const fingerprintSha256 = createHash('sha256').update(certificate.raw).digest('hex')
      return { ...made, serial: certificate.serialNumber, fingerprintSha256 }
    },
  }
}

interface Root {
  readonly certificatePem: string
  readonly certificate: X509Certificate
  readonly privateKey: KeyObject
}

const rootName: DistinguishedName = { organization: 'plaintrail', commonName: 'plaintrail ingest CA' }
const ingestServerName: DistinguishedName = { organization: 'plaintrail', commonName: 'plaintrail ingest' }

const dayMs = 86_400_000
const rootDays = 3652
/** 825 days is the most that TLS stacks with a limit accept. */
const leafDaysMax = 825
const serverDaysLeftMin = 30
/** Certificates begin this much in the past, for API servers whose clocks are behind ours. */
const clockSkewMs = 3_600_000

/** The key is written first: after a crash between the two files the next start signs a certificate for the same key. */
async function openRoot(folder: string, now: () => number): Promise<Root> {
  const keyFile = join(folder, 'ca-key.pem')
  const certificateFile = join(folder, 'ca.pem')
  const keyPem = await readIfThere(keyFile)
  const certificatePem = await readIfThere(certificateFile)
  if (keyPem === null && certificatePem !== null) {
    throw new CertificateAuthorityError(`could not open ${certificateFile}: its key ca-key.pem is gone; ${mendRoot}`)
  }
  const privateKey = keyPem === null ? await makeRootKey(keyFile) : readPrivateKey(keyFile, keyPem)
  if (certificatePem !== null) return checkedRoot(certificateFile, certificatePem, privateKey, now())

  const made = await sign({
    use: { kind: 'authority' },
    subject: rootName,
    issuer: rootName,
    publicKey: createPublicKey(privateKey),
    issuerPublicKey: createPublicKey(privateKey),
    issuerPrivateKey: privateKey,
    serial: randomSerial(),
    notBefore: new Date(now() - clockSkewMs),
    notAfter: new Date(now() + rootDays * dayMs),
  })
  await writeDurably(certificateFile, made, 0o644)
  return { certificatePem: made, certificate: new X509Certificate(made), privateKey }
}

const mendRoot =
  'bring both files back from a backup, or remove both to make a new authority and connect every cluster anew'

async function makeRootKey(keyFile: string): Promise<KeyObject> {
  const { privateKey } = await generateKeys('ec', { namedCurve: 'P-256' })
  await writeDurably(keyFile, pemOfKey(privateKey), 0o600)
  return privateKey
}

function readPrivateKey(file: string, pem: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch (cause) {
    throw new CertificateAuthorityError(`could not read the key in ${file}: ${mendRoot}`, { cause })
  }
}

function checkedRoot(file: string, certificatePem: string, privateKey: KeyObject, nowMs: number): Root {
  const refused = (why: string, cause?: unknown) =>
    new CertificateAuthorityError(`could not use the certificate in ${file}: ${why}; ${mendRoot}`, { cause })
  let certificate
  try {
    certificate = new X509Certificate(certificatePem)
  } catch (cause) {
    throw refused('it is not a certificate', cause)
  }
  if (!certificate.ca) throw refused('it is not an authority')
  if (!certificate.checkPrivateKey(privateKey)) throw refused('the key beside it is not its key')
  if (certificate.validToDate.getTime() <= nowMs) throw refused(`it ended on ${certificate.validTo}`)
  return { certificatePem, certificate, privateKey }
}

/** Loaded at the first need: loading takes 150 ms, and most starts find their certificates in the folder. */
async function sign(request: CertificateRequest): Promise<string> {
  const { signCertificate } = await import('./sign-certificate.ts')
  return signCertificate(request)
}

async function issue(
  root: Root,
  use: CertificateUse,
  subject: DistinguishedName,
  nowMs: number,
): Promise<KeyAndCertificate> {
  const keys = await generateKeys('ec', { namedCurve: 'P-256' })
  const notAfter = new Date(Math.min(nowMs + leafDaysMax * dayMs, root.certificate.validToDate.getTime()))
  const cert = await sign({
    use,
    subject,
    issuer: rootName,
    publicKey: keys.publicKey,
    issuerPublicKey: root.certificate.publicKey,
    issuerPrivateKey: root.privateKey,
    serial: randomSerial(),
    notBefore: new Date(nowMs - clockSkewMs),
    notAfter,
  })
  return { cert, key: pemOfKey(keys.privateKey), notAfter: new X509Certificate(cert).validToDate }
}

/** Only one call at a time: two would write the same file. */
async function currentServerCertificate(
  folder: string,
  root: Root,
  names: readonly string[],
  nowMs: number,
): Promise<KeyAndCertificate> {
  const wanted = serverNames(names)
  const file = join(folder, 'server.pem')
  const kept = keptServerCertificate(await readIfThere(file), wanted, root, nowMs)
  if (kept !== null) return kept
  const made = await issue(root, { kind: 'server', names: wanted }, ingestServerName, nowMs)
  await writeDurably(file, made.cert + made.key, 0o600)
  return made
}

/** Null where a new one is due: none there, damaged, of another authority, about to end, or a name is not on it. */
function keptServerCertificate(
  pem: string | null,
  names: readonly string[],
  root: Root,
  nowMs: number,
): KeyAndCertificate | null {
  const [, cert = '', key = ''] =
    /^(-----BEGIN CERTIFICATE-----.*?)(-----BEGIN PRIVATE KEY-----.*)$/s.exec(pem ?? '') ?? []
  if (cert === '' || key === '') return null
  try {
    const certificate = new X509Certificate(cert)
    const isOurs = certificate.verify(root.certificate.publicKey) && certificate.checkPrivateKey(createPrivateKey(key))
    const isLasting = certificate.validToDate.getTime() - nowMs > serverDaysLeftMin * dayMs
    const covers = (name: string) =>
      isIP(name) === 0
        ? certificate.checkHost(name, { subject: 'never' }) !== undefined
        : certificate.checkIP(name) !== undefined
    return isOurs && isLasting && names.every(covers) ? { cert, key, notAfter: certificate.validToDate } : null
  } catch {
    return null
  }
}

function serverNames(names: readonly string[]): readonly string[] {
  return [...new Set([...names.map(serverName), 'localhost', '127.0.0.1', '::1'])]
}

/** As it stands in the certificate: DNS names in lower case and ASCII, IPv6 without the brackets of a URL. */
function serverName(name: string): string {
  const bare = name.replace(/^\[(.*)\]$/, '$1')
  if (isIP(bare) !== 0 && !bare.includes('%')) return bare.toLowerCase()
  const ascii = domainToASCII(bare)
  const isHostname =
    ascii.length <= 253 && ascii.split('.').every((label) => /^(?!-)[a-z0-9-]{1,63}(?<!-)$/.test(label))
  if (isHostname) return ascii
  const mend = 'give a DNS name or an IP address, with no scheme, port or wildcard'
  throw new CertificateAuthorityError(`could not make a certificate for ${JSON.stringify(name)}: ${mend}`)
}

function checkedCommonName(commonName: string): string {
  if (/^[\x20-\x7e]{1,64}$/.test(commonName)) return commonName
  const mend = 'a common name is 1 to 64 printable ASCII characters'
  throw new CertificateAuthorityError(`could not make a client certificate for ${JSON.stringify(commonName)}: ${mend}`)
}

const generateKeys = promisify(generateKeyPair)

/** 16 bytes that begin with a bit that is 0 and one that is 1: positive, and of one length. */
function randomSerial(): Uint8Array {
  const serial = randomBytes(16)
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  return serial
}

function pemOfKey(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw new CertificateAuthorityError(`could not read ${file}: make it readable for this user`, { cause: error })
  }
}

/** Whole or not at all, even if the machine stops: the new file takes the old one's place when it is on disk. */
async function writeDurably(file: string, text: string, mode: number): Promise<void> {
  const unfinished = `${file}.new`
  try {
    await withFile(unfinished, 'w', async (handle) => {
      await handle.chmod(mode)
      await handle.writeFile(text)
      await handle.sync()
    })
    await rename(unfinished, file)
    await withFile(dirname(file), 'r', (handle) => handle.sync())
  } catch (cause) {
    const mend = 'make its folder writable for this user and see that its disk has space'
    throw new CertificateAuthorityError(`could not write ${file}: ${mend}`, { cause })
  }
}

async function withFile(path: string, flags: 'r' | 'w', use: (handle: FileHandle) => Promise<void>): Promise<void> {
  const handle = await open(path, flags, 0o600)
  try {
    await use(handle)
  } finally {
    await handle.close()
  }
}
