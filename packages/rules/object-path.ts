// objectPath: the path under which the API server has an object.
import type { ObjectRef } from '@plaintrail/event/event'

/** Without a name that of all of the resource. */
export function objectPath({
  apiGroup,
  apiVersion,
  resource,
  namespace,
  name,
  subresource,
}: Omit<ObjectRef, 'uid'>): string {
  const root = apiGroup === '' ? `/api/${apiVersion}` : `/apis/${apiGroup}/${apiVersion}`
  const within = namespace === '' || resource === 'namespaces' ? '' : `/namespaces/${namespace}`
  const [own, sub] = [name, subresource].map((part) => (part === '' ? '' : `/${part}`))
  return `${root}${within}/${resource}${own}${sub}`
}
