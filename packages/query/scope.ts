// Scope: what somebody may see. Every read of the store takes one, so that no read can forget to ask.

export type Scope =
  | { readonly kind: 'everything' }
  | { readonly kind: 'clusters'; readonly clusters: readonly string[] }

/** The administrator's scope. */
export const everything: Scope = { kind: 'everything' }

/** The scope of somebody we do not know. */
export const nothing: Scope = { kind: 'clusters', clusters: [] }

/** Whether the scope covers a cluster. A scope of a kind that this code does not know covers nothing. */
export function seesCluster(scope: Scope, cluster: string): boolean {
  switch (scope.kind) {
    case 'everything':
      return true
    case 'clusters':
      return scope.clusters.includes(cluster)
    default:
      scope satisfies never
      return false
  }
}
