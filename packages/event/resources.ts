// What kubectl calls resources: from group and resource to kind and short name, and from any spelling to resources.

import { type KnownResource, knownResources } from './known-resources.ts'

/** A resource as a query names it; `group` null stands for any group. */
export interface NamedResource {
  readonly group: string | null
  readonly resource: string
}

const byGroupAndResource = new Map(knownResources.map((known) => [`${known.group}/${known.resource}`, known]))
/** metrics.k8s.io lends the names of pods and nodes, so its kinds name nothing but themselves. */
const byResource = indexed((known) => (known.group === 'metrics.k8s.io' ? [] : [known.resource]))
const byWord = indexed((known) => (known.group === 'metrics.k8s.io' ? [] : [known.resource, known.kind.toLowerCase()]))
const byShortName = indexed((known) => known.short)

/**
 * The kind whose objects `resource` holds, `Deployment` for apps/deployments. One that is not in the table takes the
 * kind of the same resource in another group, else a guess: singular with a capital (`widgets` is `Widget`).
 */
export function kindOf(group: string, resource: string): string {
  const known = byGroupAndResource.get(`${group}/${resource}`) ?? byResource.get(resource)?.[0]
  return known === undefined ? guessedKind(resource) : known.kind
}

/** The name for narrow tables: `deploy`, `cm`; the singular where kubectl has none; else the resource as it is. */
export function shortName(group: string, resource: string): string {
  const known = byGroupAndResource.get(`${group}/${resource}`)
  return known === undefined ? resource : (known.short[0] ?? known.kind.toLowerCase())
}

/**
 * Of which resources `kindOf` may hold `part`, in small letters: of those named, and of others only where they hold one of
 * `parts`. Holds for names of ASCII characters.
 */
export function kindsHolding(part: string): { readonly named: readonly string[]; readonly parts: readonly string[] } {
  const known = knownResources.filter(({ kind }) => kind.toLowerCase().includes(part))
  return {
    named: [...new Set(known.map(({ resource }) => resource))],
    parts: part.endsWith('y') ? [part, `${part.slice(0, -1)}ies`] : [part],
  }
}

/** Whether its objects stand in no namespace; null where the resource is not known. */
export function isClusterScoped(group: string, resource: string): boolean | null {
  return byGroupAndResource.get(`${group}/${resource}`)?.clusterScoped ?? null
}

/** The groups that have the resource, for all that is known of it; metrics.k8s.io, which lends names, is none. */
export function groupsOf(resource: string): readonly string[] {
  return (byResource.get(resource) ?? []).map(({ group }) => group)
}

/**
 * The resources that `text` names as kubectl spells them: `deploy`, `Deployment`, `deployments`, `deployments.apps`,
 * `deployments.v1.apps`. A plural, singular or kind means that resource in any group, a short name the groups that have
 * it. An unknown word is taken as it is, and with its simple plural. Empty only for empty text.
 */
export function resourcesNamed(text: string): readonly NamedResource[] {
  const lower = text.trim().toLowerCase()
  if (lower === '') return []
  const dot = lower.indexOf('.')
  if (dot === -1) return namedByWord(lower)
  const group = withoutVersion(lower.slice(dot + 1))
  return namedInGroup(lower.slice(0, dot), group)
}

function namedByWord(word: string): readonly NamedResource[] {
  const named = new Map<string, NamedResource>()
  for (const { resource } of byWord.get(word) ?? []) named.set(resource, { group: null, resource })
  for (const { group, resource } of byShortName.get(word) ?? []) {
    if (!named.has(resource)) named.set(`${group}/${resource}`, { group, resource })
  }
  return named.size > 0 ? [...named.values()] : spellings(word).map((resource) => ({ group: null, resource }))
}

function namedInGroup(word: string, group: string): readonly NamedResource[] {
  const known = [...(byWord.get(word) ?? []), ...(byShortName.get(word) ?? [])]
  const inGroup = known.filter((candidate) => candidate.group === group)
  const resources = new Set((inGroup.length > 0 ? inGroup : known).map((candidate) => candidate.resource))
  const names = resources.size > 0 ? [...resources] : spellings(word)
  return names.map((resource) => ({ group, resource }))
}

/** `v1.apps` is `apps`, as in kubectl's `deployments.v1.apps`; `v1` alone is the core group. */
function withoutVersion(group: string): string {
  const version = /^v\d+(?:(?:alpha|beta)\d+)?(?:\.|$)/.exec(group)
  return version === null ? group : group.slice(version[0].length)
}

/** The word itself and, where it is no plural already, its plural by the rule of apimachinery's UnsafeGuessKindToResource. */
function spellings(word: string): readonly string[] {
  if (word.endsWith('s')) return word.endsWith('ss') ? [word, `${word}es`] : [word]
  return [word, word.endsWith('y') ? `${word.slice(0, -1)}ies` : `${word}s`]
}

function guessedKind(resource: string): string {
  const singular = singularOf(resource)
  return singular.charAt(0).toUpperCase() + singular.slice(1)
}

/** English plurals as resource names use them: policies, classes, statuses, matches, boxes, caches, databases. */
function singularOf(plural: string): string {
  if (plural.endsWith('ies') && plural.length > 4) return `${plural.slice(0, -3)}y`
  if (/(?:ss|sh|[tnr]ch|x|[^ao]us)es$/.test(plural)) return plural.slice(0, -2)
  return plural.endsWith('s') && !plural.endsWith('ss') && plural.length > 1 ? plural.slice(0, -1) : plural
}

function indexed(names: (known: KnownResource) => readonly string[]): ReadonlyMap<string, readonly KnownResource[]> {
  const index = new Map<string, KnownResource[]>()
  for (const known of knownResources) {
    for (const name of new Set(names(known))) index.set(name, [...(index.get(name) ?? []), known])
  }
  return index
}
