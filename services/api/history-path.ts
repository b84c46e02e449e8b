// historyPath: where this API tells what was done to an object.

interface PathParts {
  readonly cluster: string
  readonly group: string
  readonly resource: string
  readonly namespace: string
  readonly name: string
}

/** `core` stands for the core group, `_` for no namespace. */
export function historyPath({ cluster, group, resource, namespace, name }: PathParts): string {
  const parts = [cluster, group || 'core', resource, namespace || '_', name]
  return `/v1/objects/${parts.map(encodeURIComponent).join('/')}/history`
}
