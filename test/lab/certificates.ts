// labCertificates: a certificate authority of the lab's own, and certificates of it, made by openssl.

import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

export interface LabCertificates {
  /** Path of the authority's certificate, and of its key, with which the controller manager signs. */
  readonly ca: string
  readonly caKey: string
  /** For a server on 127.0.0.1. */
  server(name: string): Promise<CertificateFiles>
  /** How Kubernetes reads who comes: the common name is the user, the organizations are its groups. */
  client(user: string, groups: readonly string[]): Promise<CertificateFiles>
}

/** Paths, in PEM. */
export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

const run = promisify(execFile)
const days = '30'

export async function labCertificates(folder: string): Promise<LabCertificates> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const [ca, caKey] = [join(folder, 'ca.pem'), join(folder, 'ca-key.pem')]
  await makeKey(caKey)
  await run('openssl', ['req', '-x509', '-new', '-key', caKey, '-subj', '/CN=lab-ca', '-days', days, '-out', ca])
  let count = 0
  const issue = async (subject: string, extensions: readonly string[]): Promise<CertificateFiles> => {
    const name = join(folder, `${(count += 1)}`)
    const files = { cert: `${name}.pem`, key: `${name}-key.pem` }
    await makeKey(files.key)
    await run('openssl', ['req', '-new', '-key', files.key, '-subj', subject, '-out', `${name}.csr`])
    await writeFile(`${name}.ext`, `${extensions.join('\n')}\n`)
    const signer = ['-CA', ca, '-CAkey', caKey, '-CAcreateserial', '-days', days, '-extfile', `${name}.ext`]
    await run('openssl', ['x509', '-req', '-in', `${name}.csr`, '-out', files.cert, ...signer])
    return files
  }
  return {
    ca,
    caKey,
    server: (name) =>
      issue(`/CN=${name}`, [
        'extendedKeyUsage=serverAuth',
        'subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default.svc',
      ]),
    client: (user, groups) =>
      issue([...groups.map((group) => `/O=${escaped(group)}`), `/CN=${escaped(user)}`].join(''), [
        'extendedKeyUsage=clientAuth',
      ]),
  }
}

/** EC, because a lab makes a dozen and RSA takes its time. */
export async function makeKey(path: string): Promise<void> {
  await run('openssl', ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', path])
}

/** The public half, in a file beside it. */
export async function publicKeyOf(path: string): Promise<string> {
  const file = `${path}.pub`
  await run('openssl', ['pkey', '-in', path, '-pubout', '-out', file])
  return file
}

export const base64File = async (path: string): Promise<string> => (await readFile(path)).toString('base64')

/** In openssl's -subj a slash ends a part. */
const escaped = (text: string): string => text.replaceAll(/[\\/+=]/g, String.raw`\$&`)
