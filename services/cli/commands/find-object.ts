// findObject: where an object of that type and name exists, from the events that name it.
import { isClusterList } from '../answers.ts'
import type { Api } from '../api.ts'
import { CliError } from '../cli-error.ts'
import { getEventPage } from '../pages.ts'
import { notPlaintrail } from '../refusal.ts'

export interface ObjectQuestion {
  /** As kubectl spells it: `deploy`, `Deployment`, `deployments.apps`. */
  readonly type: string
  readonly name: string
  /** Empty to look in every namespace and outside of them; an empty one is outside. */
  readonly namespaces: readonly string[]
  /** Empty to look in every cluster. */
  readonly clusters: readonly string[]
}

export interface ObjectPlace {
  readonly cluster: string
  readonly group: string
  readonly resource: string
  readonly kind: string
  readonly namespace: string
  readonly name: string
}

/** Kubernetes had no audit events before. */
const beginningOfTime = '2014-01-01'
const clustersAtOnce = 4
/** More namespaces with an object of the same name are not listed: nobody reads that far. */
const namespacesMax = 20

/** Sorted by cluster and namespace; empty where no event names such an object. Throws CliError. */
export async function findObject(api: Api, question: ObjectQuestion): Promise<readonly ObjectPlace[]> {
  const clusters = question.clusters.length > 0 ? question.clusters : await clusterNames(api)
  if (clusters.length === 0)
    throw new CliError('not_found', 'no cluster is connected yet', { hint: 'Connect one: plaintrail cluster add NAME' })
  const places: ObjectPlace[] = []
  for (let index = 0; index < clusters.length; index += clustersAtOnce) {
    const batch = clusters.slice(index, index + clustersAtOnce)
    const found = await Promise.all(batch.map((cluster) => placesInCluster(api, question, cluster)))
    places.push(...found.flat())
  }
  return places
}

async function clusterNames(api: Api): Promise<readonly string[]> {
  const { value } = await api.get('/v1/clusters')
  if (!isClusterList(value)) throw notPlaintrail(api.url)
  return value.data.map((cluster) => cluster.name).toSorted()
}

/** Every page shows the newest namespaces; the next one is asked for without those. */
async function placesInCluster(api: Api, question: ObjectQuestion, cluster: string): Promise<readonly ObjectPlace[]> {
  const places = new Map<string, ObjectPlace>()
  const seen = new Set<string>()
  let hasMore = true
  while (hasMore && seen.size < namespacesMax) {
    const { page } = await getEventPage(api, '/v1/events', {
      cluster: literal(cluster),
      kind: literal(question.type),
      name: literal(question.name),
      ns: question.namespaces.map(literal),
      'not.ns': [...seen].map(literal),
      since: beginningOfTime,
      limit: '100',
    })
    const seenBefore = seen.size
    for (const { object } of page.data) {
      if (object === null) continue
      const { group, resource, kind, namespace, name } = object
      places.set(JSON.stringify([group, resource, namespace]), { cluster, group, resource, kind, namespace, name })
      seen.add(namespace)
    }
    // A page that shows no other namespace ends it, whatever the server says.
    hasMore = page.has_more && question.namespaces.length !== 1 && seen.size > seenBefore
  }
  return [...places.values()].toSorted((a, b) => (a.namespace < b.namespace ? -1 : a.namespace > b.namespace ? 1 : 0))
}

/** A comma would be two values. */
const literal = (value: string): string => value.replaceAll(/[\\,]/g, String.raw`\$&`)
