// Who did it: the caller that was authenticated, the identity acted as, and what kind of identity a name is.

import type { Actor, ActorType, Stage } from './event.ts'
import { readList, readText, type Marks, type WireObject } from './wire-object.ts'

const userNameCharsMax = 512
const groupNameCharsMax = 256
const groupsMax = 200
const noGroups: readonly string[] = []
const serviceAccountPrefix = 'system:serviceaccount:'

/**
 * People's break-glass credentials with a name that looks like a component's: `system:admin` is the administrator's
 * certificate of OpenShift and k3s. (`masterclient`, that of `az aks get-credentials --admin`, needs no entry.)
 */
const humanSystemNames: ReadonlySet<string> = new Set(['system:admin'])
/** Components of managed control planes whose names do not begin with `system:`. */
const controlPlaneNames: ReadonlySet<string> = new Set(['aksService', 'hcpService'])

/** The caller. Without a name: a failed authentication where the answer says so, else anonymous. */
export function actorOf(
  user: WireObject | null,
  answer: { readonly stage: Stage; readonly code: number | null },
  marks: Marks,
): Actor {
  const name = user === null ? '' : readText(user['username'], userNameCharsMax, marks)
  const groups = user === null ? noGroups : groupsOf(user, marks)
  if (name !== '') return { name, type: actorTypeOf(name, groups), groups }
  // WithFailedAuthenticationAudit writes one ResponseStarted event with `user: {}` and nothing after it.
  const failed = answer.code === 401 || answer.stage === 'ResponseStarted'
  return { name, type: failed ? 'failed-authentication' : 'anonymous', groups }
}

/** The identity that the caller acted as; null where there is none or it has no name. */
export function impersonatedOf(user: WireObject | null, marks: Marks): Actor | null {
  if (user === null) return null
  const name = readText(user['username'], userNameCharsMax, marks)
  if (name === '') return null
  const groups = groupsOf(user, marks)
  return { name, type: actorTypeOf(name, groups), groups }
}

/** `ns` and `name` of `system:serviceaccount:<ns>:<name>`, or null for any other name. */
export function serviceAccountOf(userName: string): { readonly namespace: string; readonly name: string } | null {
  if (!userName.startsWith(serviceAccountPrefix)) return null
  const colon = userName.indexOf(':', serviceAccountPrefix.length)
  const namespace = userName.slice(serviceAccountPrefix.length, colon === -1 ? undefined : colon)
  const name = colon === -1 ? '' : userName.slice(colon + 1)
  return namespace === '' || name === '' || name.includes(':') ? null : { namespace, name }
}

/**
 * What kind of identity `name` is. `system:` belongs to the cluster: service accounts, nodes (and the bootstrap tokens
 * that machines join with), the anonymous user, and components. Everything else is taken for a person.
 */
function actorTypeOf(name: string, groups: readonly string[]): ActorType {
  if (serviceAccountOf(name) !== null) return 'service-account'
  if (name.startsWith('system:node:') || name.startsWith('system:bootstrap:')) return 'node'
  if (name === 'system:anonymous' || groups.includes('system:unauthenticated')) return 'anonymous'
  if (groups.includes('system:nodes')) return 'node'
  if (humanSystemNames.has(name)) return 'human'
  return isControlPlaneName(name) ? 'control-plane' : 'human'
}

/** `eks:` is reserved by EKS; the robot is the identity of GKE's own control plane. */
function isControlPlaneName(name: string): boolean {
  return (
    name.startsWith('system:') ||
    name.startsWith('eks:') ||
    controlPlaneNames.has(name) ||
    name.endsWith('@container-engine-robot.iam.gserviceaccount.com')
  )
}

function groupsOf(user: WireObject, marks: Marks): readonly string[] {
  const sent = readList(user['groups'], marks)
  const count = Math.min(sent.length, groupsMax)
  if (count === 0) return noGroups
  const groups: string[] = []
  for (let at = 0; at < count; at++) {
    const group = readText(sent[at], groupNameCharsMax, marks)
    if (group !== '') groups.push(group)
  }
  return groups
}
