// readIdentity: the name of a user, in which a service account may be written short.
import { QueryError } from './query-error.ts'

/** `sa:ns/name` is short for the username of a service account (kubernetes/apiserver authentication/serviceaccount). */
export function readIdentity(value: string, parameter: string): string {
  if (!value.startsWith('sa:')) return value
  const [namespace, name, ...more] = value.slice('sa:'.length).split('/')
  if (namespace !== undefined && namespace !== '' && name !== undefined && name !== '' && more.length === 0)
    return `system:serviceaccount:${namespace}:${name}`
  throw new QueryError({
    message: `could not read ${parameter}: "${value.replaceAll('\0', '*')}" is no service account`,
    parameter,
    hint: 'A service account is written sa:NAMESPACE/NAME; globs are allowed, as in sa:ci/*.',
  })
}
