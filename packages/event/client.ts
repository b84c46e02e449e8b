// The program that a user agent claims to be: its name in small letters and its version.

import type { Client } from './event.ts'
import { cutText } from './wire-object.ts'

const nameCharsMax = 128
const versionCharsMax = 64

/** Products that come after another one's name in the user agent, by that name. */
const hiddenProducts: ReadonlyMap<string, readonly string[]> = new Map([
  ['hashicorp', ['Terraform']],
  ['mozilla', ['Lens', 'OpenLens', 'Headlamp']],
])
/** Generators of the official clients: `OpenAPI-Generator/29.0.0/python` is the Python client. */
const generators: ReadonlySet<string> = new Set(['openapi-generator', 'swagger-codegen'])

/**
 * `kubectl/v1.33.3 (linux/amd64) kubernetes/80779bd` is kubectl 1.33.3. A user agent that has no known form gives its
 * first word, and what stands between its first slash and the next slash or space, without a leading `v`.
 */
export function clientOf(userAgent: string): Client {
  const end = endOfToken(userAgent, 0)
  const word = userAgent.slice(0, end).toLowerCase()
  const hidden = hiddenProducts.get(word)
  if (hidden !== undefined) return clientBehind(userAgent, word, hidden)
  const name = generators.has(word) ? generatedClient(userAgent, end) : programName(word)
  return { userAgent, name, version: versionAt(userAgent, end) }
}

function clientBehind(userAgent: string, word: string, products: readonly string[]): Client {
  for (const product of products) {
    const at = userAgent.indexOf(` ${product}/`)
    if (at === -1) continue
    return { userAgent, name: product.toLowerCase(), version: versionAt(userAgent, at + product.length + 1) }
  }
  return { userAgent, name: word === 'mozilla' ? 'browser' : word, version: null }
}

/** `kubectl.exe` is kubectl; the parts of Argo CD (argocd-server, argocd-application-controller …) are argocd. */
function programName(word: string): string | null {
  if (word === '') return null
  if (word.startsWith('argocd-')) return 'argocd'
  return cutText(word.endsWith('.exe') ? word.slice(0, -4) : word, nameCharsMax)
}

/** The language stands after the version, whose slash is at `slash`. */
function generatedClient(userAgent: string, slash: number): string {
  const from = endOfToken(userAgent, slash + 1) + 1
  const language = userAgent.slice(from, endOfToken(userAgent, from)).toLowerCase()
  return cutText(language === '' ? 'kubernetes-client' : `kubernetes-client-${language}`, nameCharsMax)
}

/** The version after the slash at `slash`; null where there is no slash or nothing after it. */
function versionAt(userAgent: string, slash: number): string | null {
  if (userAgent.charCodeAt(slash) !== 0x2f) return null
  const from = userAgent.charCodeAt(slash + 1) === 0x76 ? slash + 2 : slash + 1
  const version = cutText(userAgent.slice(from, endOfToken(userAgent, from)), versionCharsMax)
  return version === '' ? null : version
}

/** Where the token that begins at `from` ends: the next slash or space, or the end. */
function endOfToken(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x2f || code === 0x20) return at
  }
  return text.length
}
