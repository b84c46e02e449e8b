// verbMeant, resourceMeant: words that people take for verbs and resources of the audit log, and what it says instead.

import { resourcesNamed } from '@plaintrail/event/resources'

const verbs: ReadonlyMap<string, string> = new Map([
  ...['exec', 'attach', 'portforward'].map((sub) => [sub, `get or create of the subresource ${sub}`] as const),
  ['port-forward', 'get or create of the subresource portforward'],
  ['log', 'get of the subresource log'],
  ['logs', 'get of the subresource log'],
  ['scale', 'update or patch of the subresource scale'],
  ['evict', 'create of the subresource eviction'],
  ['apply', 'patch'],
  ['edit', 'patch'],
  ['replace', 'update'],
  ['read', 'get'],
  ['write', 'create, update or patch'],
])

/** Null for what may be one: there are others than those of Kubernetes. */
export const verbMeant = (word: string): string | null => verbs.get(word.toLowerCase()) ?? null

/** `pods` for `pod`, `the resource pods and the subresource exec` for `pods/exec`; null where it says so itself. */
export function resourceMeant(word: string): string | null {
  const [resource = '', subresource, ...more] = word.split('/')
  if (subresource !== undefined && more.length === 0 && resource !== '' && subresource !== '')
    return `the resource ${resource} and the subresource ${subresource}`
  const [only, ...others] = resourcesNamed(word.toLowerCase())
  return only === undefined || others.length > 0 || only.resource === word ? null : only.resource
}
