// actorId: what an actor is known by in the API: made of its name and type, so that it is the same wherever it is stored.

const prefix = 'act_'

/** `digest` is that of the table, a UUID: half of the SHA-256 of the name and the type (dimensions.ts). */
export function actorId(digest: string): string {
  return prefix + digest.replaceAll('-', '')
}

/** The digest, or null for what is no id. */
export function parseActorId(text: string): string | null {
  return /^act_[0-9a-f]{32}$/.test(text) ? text.slice(prefix.length) : null
}
