// people: who is in the story, and what each may do.

/** Username by short name; each comes with a client certificate. */
export const people = {
  /** Sets the cluster up, as the one who installed it. */
  admin: { user: 'lab-admin', groups: ['system:masters'] },
  /** Asks for objects' state after each step and does nothing else. */
  observer: { user: 'lab-observer', groups: ['system:masters'] },
  alice: { user: 'alice@acme.io', groups: ['sre', 'dev'] },
  bob: { user: 'bob@acme.io', groups: ['dev'] },
  /** May act as others. */
  carol: { user: 'carol@acme.io', groups: ['sre'] },
  /** Has no rights at all. */
  mallory: { user: 'mallory@ext.io', groups: ['contractors'] },
} as const

export type Person = keyof typeof people

export const userOf = (person: Person): string => people[person].user

export const gitops = 'system:serviceaccount:argocd:argocd-application-controller'
export const deployer = 'system:serviceaccount:ci:deployer'

const rbac = 'rbac.authorization.k8s.io'
type Rule = Readonly<Record<'apiGroups' | 'resources' | 'verbs', readonly string[]>> & {
  readonly resourceNames?: readonly string[]
}

const rule = (apiGroups: readonly string[], resources: readonly string[], verbs: readonly string[]): Rule => ({
  apiGroups,
  resources,
  verbs,
})
const every = ['*']

function role(name: string, rules: readonly Rule[]): Ground {
  const manifest = { apiVersion: `${rbac}/v1`, kind: 'ClusterRole', metadata: { name }, rules }
  return { object: `clusterroles.${rbac}//${name}`, manifest }
}

function binding(name: string, roleName: string, subject: Readonly<Record<string, string>>): Ground {
  const manifest = {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name },
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: roleName },
    subjects: [subject],
  }
  return { object: `clusterrolebindings.${rbac}//${name}`, manifest }
}

const group = (name: string): Readonly<Record<string, string>> => ({ apiGroup: rbac, kind: 'Group', name })
const user = (name: string): Readonly<Record<string, string>> => ({ apiGroup: rbac, kind: 'User', name })
const account = (namespace: string, name: string): Readonly<Record<string, string>> => ({
  kind: 'ServiceAccount',
  namespace,
  name,
})

const namespaces = ['shop', 'payments', 'argocd', 'ci', 'sandbox', 'limited'] as const

interface Ground {
  /** Resource, namespace and name, as a deed says them. */
  readonly object: string
  readonly manifest: unknown
}

/** All that is there before the week begins. */
export function ground(): readonly Ground[] {
  return [
    ...namespaces.map((name) => ({
      object: `namespaces//${name}`,
      manifest: { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
    })),
    serviceAccount('argocd', 'argocd-application-controller'),
    serviceAccount('ci', 'deployer'),
    role('lab-dev', [
      rule(
        ['', 'apps', 'batch', 'autoscaling', 'policy', 'networking.k8s.io', 'apiextensions.k8s.io', 'acme.io'],
        every,
        every,
      ),
      rule(['certificates.k8s.io'], ['certificatesigningrequests'], ['create', 'get', 'list']),
      // Enough to try an escalation, which needs more than this.
      rule([rbac], ['rolebindings', 'roles'], ['get', 'list', 'create', 'update', 'patch']),
    ]),
    role('lab-sre', [
      rule(
        ['certificates.k8s.io'],
        ['certificatesigningrequests', 'certificatesigningrequests/approval'],
        ['get', 'list', 'update', 'patch'],
      ),
      rule(['certificates.k8s.io'], ['signers'], ['approve']),
      rule(['admissionregistration.k8s.io'], every, every),
      rule([rbac], every, every),
    ]),
    role('lab-impersonator', [rule([''], ['users', 'groups', 'serviceaccounts'], ['impersonate'])]),
    role('lab-gitops', [rule(every, every, every)]),
    binding('lab-dev', 'lab-dev', group('dev')),
    binding('lab-sre', 'lab-sre', group('sre')),
    binding('lab-impersonator', 'lab-impersonator', user('carol@acme.io')),
    binding('lab-gitops', 'lab-gitops', account('argocd', 'argocd-application-controller')),
    binding('lab-deployer', 'edit', account('ci', 'deployer')),
  ]
}

function serviceAccount(namespace: string, name: string): Ground {
  const manifest = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } }
  return { object: `serviceaccounts/${namespace}/${name}`, manifest }
}
