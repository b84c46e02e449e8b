// What API servers and the receiver can rely on when they meet by TLS. Real sockets, real files; openssl as a second
// opinion where the machine has it.
import { spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkServerIdentity, connect, createServer } from 'node:tls'
import type { ConnectionOptions, TLSSocket, TlsOptions } from 'node:tls'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { CertificateAuthorityError, openCertificateAuthority } from './certificate-authority.ts'
import type { CertificateAuthority, KeyAndCertificate } from './certificate-authority.ts'

const dayMs = 86_400_000
const hasOpenssl = spawnSync('openssl', ['version']).status === 0

let folder = ''
let authority: CertificateAuthority
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plaintrail-ca-'))
  authority = await openCertificateAuthority(folder)
})
afterAll(() => rm(folder, { recursive: true }))

async function newFolder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'plaintrail-ca-'))
  onTestFinished(() => rm(made, { recursive: true }))
  return made
}

/** Listens on a free port of 127.0.0.1 and answers each client with whether its certificate was accepted. */
async function listen(options: TlsOptions): Promise<number> {
  const server = createServer(options, (socket) => {
    socket.on('error', () => {})
    socket.end(socket.authorized ? `hello ${String(socket.getPeerCertificate().subject.CN)}` : 'hello stranger')
  })
  server.on('tlsClientError', () => {})
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** What the server says, or the error's code. */
async function ask(options: ConnectionOptions): Promise<string> {
  const socket: TLSSocket = connect({ host: '127.0.0.1', ...options })
  try {
    const chunks: Buffer[] = []
    for await (const chunk of socket) chunks.push(chunk)
    return Buffer.concat(chunks).toString()
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  } finally {
    socket.destroy()
  }
}

describe('an API server that has our CA in its kubeconfig', () => {
  let certificate: KeyAndCertificate
  beforeAll(async () => {
    certificate = await authority.serverCertificate(['Audit.Example.com', '10.0.0.5', 'bücher.example', '[fd00::5]'])
  })

  test.each(['audit.example.com', '10.0.0.5', 'fd00::5', 'xn--bcher-kva.example', 'localhost', '127.0.0.1', '::1'])(
    'trusts the receiver under %s',
    async (name) => {
      const port = await listen({ cert: certificate.cert, key: certificate.key })
      expect(await ask({ port, ca: authority.certificatePem, checkServerIdentity: identityOf(name) })).toBe(
        'hello stranger',
      )
    },
  )

  test.each(['other.example.com', 'example.com', '10.0.0.6', 'fd00::6'])('refuses it under %s', async (name) => {
    const port = await listen({ cert: certificate.cert, key: certificate.key })
    expect(await ask({ port, ca: authority.certificatePem, checkServerIdentity: identityOf(name) })).toBe(
      'ERR_TLS_CERT_ALTNAME_INVALID',
    )
  })

  test('refuses a server of another authority, though it has the same names', async () => {
    const other = await openCertificateAuthority(await newFolder())
    const { cert, key } = await other.serverCertificate([])
    const port = await listen({ cert, key })
    expect(await ask({ port, ca: authority.certificatePem })).toBe('UNABLE_TO_VERIFY_LEAF_SIGNATURE')
  })

  test('refuses a client certificate where a server should be', async () => {
    const { cert, key } = await authority.clientCertificate('prod')
    const port = await listen({ cert, key })
    expect(await ask({ port, ca: authority.certificatePem, checkServerIdentity: () => undefined })).toBe(
      'INVALID_PURPOSE',
    )
  })
})

/** Node's own check, of another name than the address that was dialled. */
function identityOf(name: string): NonNullable<ConnectionOptions['checkServerIdentity']> {
  return (_dialled, certificate) => checkServerIdentity(name, certificate)
}

describe('a receiver that asks for client certificates', () => {
  test('accepts one that we made, and knows whose it is by its serial and fingerprint', async () => {
    const server = await authority.serverCertificate([])
    const client = await authority.clientCertificate('prod-eu')
    const port = await listen({ ...server, ca: authority.certificatePem, requestCert: true })
    const { cert, key } = client
    expect(await ask({ port, ca: authority.certificatePem, cert, key })).toBe('hello prod-eu')

    const seen = new X509Certificate(cert)
    expect(seen.subject).toBe('O=plaintrail-ingest\nCN=prod-eu')
    expect(client.serial).toBe(seen.serialNumber)
    expect(client.fingerprintSha256).toBe(seen.fingerprint256.replaceAll(':', '').toLowerCase())
    expect(client.notAfter.getTime() - Date.now()).toBeLessThanOrEqual(825 * dayMs)
  })

  test('accepts none, one of another authority, and a server certificate no more than a stranger', async () => {
    const server = await authority.serverCertificate([])
    const other = await openCertificateAuthority(await newFolder())
    const stranger = await other.clientCertificate('prod-eu')
    const port = await listen({ ...server, ca: authority.certificatePem, requestCert: true, rejectUnauthorized: false })
    const ca = authority.certificatePem
    expect(await ask({ port, ca })).toBe('hello stranger')
    expect(await ask({ port, ca, cert: stranger.cert, key: stranger.key })).toBe('hello stranger')
    expect(await ask({ port, ca, cert: server.cert, key: server.key })).toBe('hello stranger')
  })

  test('never meets one serial twice', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => authority.clientCertificate('prod')))
    expect(new Set(made.map(({ serial }) => serial)).size).toBe(20)
    for (const { serial } of made) expect(serial).toMatch(/^[4-7][0-9A-F]{31}$/)
  })
})

describe('the folder', () => {
  test('keeps the authority: a second start has the same CA and the same server certificate', async () => {
    const own = await newFolder()
    const first = await openCertificateAuthority(own)
    const before = await first.serverCertificate(['audit.example.com'])
    const second = await openCertificateAuthority(own)
    expect(second.certificatePem).toBe(first.certificatePem)
    expect(await second.serverCertificate(['audit.example.com'])).toEqual(before)
    expect(await second.serverCertificate([])).toEqual(before)
  })

  test('keeps its keys for this user alone and leaves nothing unfinished behind', async () => {
    await authority.serverCertificate([])
    const modeOf = async (file: string) => (await stat(join(folder, file))).mode & 0o777
    expect(await modeOf('ca-key.pem')).toBe(0o600)
    expect(await modeOf('server.pem')).toBe(0o600)
    expect(await modeOf('ca.pem')).toBe(0o644)
    expect((await readdir(folder)).toSorted()).toEqual(['ca-key.pem', 'ca.pem', 'server.pem'])
  })

  test('gives callers who ask at once the same server certificate', async () => {
    const opened = await openCertificateAuthority(await newFolder())
    const asked = [opened.serverCertificate([]), opened.serverCertificate(['a b']), opened.serverCertificate([])]
    const [first, refused, last] = await Promise.allSettled(asked)
    expect(refused).toMatchObject({ status: 'rejected' })
    expect(first).toMatchObject({ status: 'fulfilled' })
    expect(last).toEqual(first)
  })

  test('that cannot be written is an error that says which file, and what helps', async () => {
    const own = await newFolder()
    const opened = await openCertificateAuthority(own)
    await rm(own, { recursive: true })
    await expect(opened.serverCertificate([])).rejects.toThrowError(/could not write .*server\.pem: make its folder/)
    await mkdir(own)
    expect((await opened.serverCertificate([])).cert).toContain('BEGIN CERTIFICATE')
  })

  test('gets a new server certificate when a name is added, from the same authority', async () => {
    const own = await newFolder()
    const opened = await openCertificateAuthority(own)
    const before = await opened.serverCertificate(['audit.example.com'])
    const after = await opened.serverCertificate(['audit.example.com', '10.0.0.5'])
    expect(after.cert).not.toBe(before.cert)
    expect(new X509Certificate(after.cert).verify(new X509Certificate(opened.certificatePem).publicKey)).toBe(true)
    expect(await opened.serverCertificate(['10.0.0.5'])).toEqual(after)
  })

  test('gets a new server certificate when 30 days are left, and not before', async () => {
    const own = await newFolder()
    let nowMs = Date.now()
    const opened = await openCertificateAuthority(own, () => nowMs)
    const first = await opened.serverCertificate([])
    nowMs = first.notAfter.getTime() - 31 * dayMs
    expect(await opened.serverCertificate([])).toEqual(first)
    nowMs = first.notAfter.getTime() - 29 * dayMs
    const next = await opened.serverCertificate([])
    expect(next.notAfter.getTime()).toBe(Math.floor((nowMs + 825 * dayMs) / 1000) * 1000)
  })

  test('never gives a certificate that outlives its authority', async () => {
    let nowMs = Date.now()
    const opened = await openCertificateAuthority(await newFolder(), () => nowMs)
    const ends = new X509Certificate(opened.certificatePem).validToDate
    nowMs = ends.getTime() - 60 * dayMs
    expect((await opened.serverCertificate([])).notAfter).toEqual(ends)
  })

  test('a server certificate that is damaged or of another authority is made anew', async () => {
    const own = await newFolder()
    const opened = await openCertificateAuthority(own)
    const file = join(own, 'server.pem')
    const other = await authority.serverCertificate([])
    for (const content of ['', 'garbage', other.cert + other.key, (await opened.serverCertificate([])).cert]) {
      await writeFile(file, content)
      const made = await opened.serverCertificate([])
      expect(new X509Certificate(made.cert).verify(new X509Certificate(opened.certificatePem).publicKey)).toBe(true)
      expect(await readFile(file, 'utf8')).toBe(made.cert + made.key)
    }
  })

  test('after a crash between key and certificate the next start goes on with the key', async () => {
    const own = await newFolder()
    await openCertificateAuthority(own)
    const key = await readFile(join(own, 'ca-key.pem'), 'utf8')
    await rm(join(own, 'ca.pem'))
    await openCertificateAuthority(own)
    expect(await readFile(join(own, 'ca-key.pem'), 'utf8')).toBe(key)
  })

  test.each<[string, (own: string) => Promise<void>, RegExp]>([
    ['its key is gone', (own) => rm(join(own, 'ca-key.pem')), /its key ca-key\.pem is gone; bring both files back/],
    ['its key is damaged', (own) => writeFile(join(own, 'ca-key.pem'), 'x'), /could not read the key .* backup/],
    ['it is damaged', (own) => writeFile(join(own, 'ca.pem'), 'x'), /not a certificate.* backup/],
    [
      'it is no authority',
      async (own) => writeFile(join(own, 'ca.pem'), (await authority.clientCertificate('x')).cert),
      /not an authority/,
    ],
    ['it is another one', (own) => writeFile(join(own, 'ca.pem'), authority.certificatePem), /not its key/],
  ])('an authority that cannot be used is never replaced: %s', async (_what, harm, message) => {
    const own = await newFolder()
    await openCertificateAuthority(own)
    await harm(own)
    const before = await readdir(own)
    const opening = openCertificateAuthority(own)
    await expect(opening).rejects.toThrowError(CertificateAuthorityError)
    await expect(opening).rejects.toThrowError(message)
    expect(await readdir(own)).toEqual(before)
  })

  test('an authority that has ended says so', async () => {
    const own = await newFolder()
    await openCertificateAuthority(own)
    const opening = openCertificateAuthority(own, () => Date.now() + 3653 * dayMs)
    await expect(opening).rejects.toThrowError(/it ended on/)
  })
})

test.each([
  'https://10.0.0.5',
  '10.0.0.5:7718',
  '*.example.com',
  'a b',
  '-a.example',
  'fe80::1%eth0',
  '',
  `${'a'.repeat(64)}.io`,
])('no certificate is made for %j, and the error says what is asked for', async (name) => {
  await expect(authority.serverCertificate([name])).rejects.toThrowError(/give a DNS name or an IP address/)
})

test('every IPv6 address is on the certificate, however it is written', async () => {
  const groups = fc.array(fc.oneof(fc.constant('0'), fc.constant('00ab'), fc.constant('ffff')), {
    minLength: 8,
    maxLength: 8,
  })
  await fc.assert(
    fc.asyncProperty(groups, async (parts) => {
      const own = await authority.serverCertificate([parts.join(':')])
      expect(new X509Certificate(own.cert).checkIP(parts.join(':'))).toBeDefined()
    }),
    { numRuns: 20, examples: [[['0', '0', '0', '0', '0', '0', '0', '0']]] },
  )
})

describe.skipIf(!hasOpenssl)('openssl agrees', () => {
  test('that both certificates are good for their purpose and for no other, by the strict rules', async () => {
    const certificates = await newFolder()
    await writeFile(join(certificates, 'ca.pem'), authority.certificatePem)
    await writeFile(join(certificates, 'client.pem'), (await authority.clientCertificate('prod')).cert)
    await writeFile(join(certificates, 'server.pem'), (await authority.serverCertificate(['audit.example.com'])).cert)
    expect(opensslVerify(certificates, 'ca.pem', 'any')).toBe('ca.pem: OK\n')
    expect(opensslVerify(certificates, 'server.pem', 'sslserver')).toBe('server.pem: OK\n')
    expect(opensslVerify(certificates, 'client.pem', 'sslclient')).toBe('client.pem: OK\n')
    expect(opensslVerify(certificates, 'server.pem', 'sslclient')).toContain('unsuitable certificate purpose')
    expect(opensslVerify(certificates, 'client.pem', 'sslserver')).toContain('unsuitable certificate purpose')
  })

  test('on what the authority may do', () => {
    const text = openssl(folder, 'x509', '-in', 'ca.pem', '-noout', '-text')
    expect(text).toContain('CA:TRUE, pathlen:0')
    expect(text).toContain('Certificate Sign, CRL Sign')
    expect(text).toContain('Signature Algorithm: ecdsa-with-SHA256')
    expect(text).toContain('X509v3 Subject Key Identifier')
    expect(text).toContain('X509v3 Authority Key Identifier')
  })
})

function opensslVerify(certificates: string, file: string, purpose: string): string {
  return openssl(certificates, 'verify', '-x509_strict', '-CAfile', 'ca.pem', '-purpose', purpose, file)
}

function openssl(cwd: string, ...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync('openssl', args, { cwd, encoding: 'utf8' })
  return stdout + stderr
}
