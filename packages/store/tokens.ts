// Tokens: what a client shows to be let in. Only their digests are stored.

import { createHash, randomBytes } from 'node:crypto'

/** `ptr_` asks questions, `pti_` only delivers events of one cluster. */
export const tokenPrefixes = { api: 'ptr_', ingest: 'pti_' } as const
export type TokenKind = keyof typeof tokenPrefixes

/** 62^43 is above 2^256. */
const tokenChars = 43
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
/** A byte at or above the largest multiple of 62 would make some characters likelier than others. */
const usableBelow = 248

/** A prefix and 43 letters and digits: nothing to escape in a URL, a shell or YAML, and one double-click selects it. */
export function makeToken(kind: TokenKind, random: (bytes: number) => Uint8Array = randomBytes): string {
  let text = ''
  while (text.length < tokenChars) {
    for (const byte of random(tokenChars)) {
      if (byte < usableBelow && text.length < tokenChars) text += alphabet[byte % alphabet.length] ?? ''
    }
  }
  return tokenPrefixes[kind] + text
}

/** SHA-256. A token has 256 random bits, so that no salt and no slow hash is needed. */
export function tokenDigest(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
