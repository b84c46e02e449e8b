// Friday: what admission refuses, changes, warns of, and lets through because it could not be asked.

import { configMap, pod, restricted } from './manifests.ts'
import { created, forbidden, rejected, wrote, type Step } from './step.ts'
import { userOf } from './people.ts'
import { startAdmissionWebhook } from './admission-webhook.ts'

const [admin, alice, bob] = [userOf('admin'), userOf('alice'), userOf('bob')]
const admission = 'admissionregistration.k8s.io'

export const friday: readonly Step[] = [
  {
    name: 'quota',
    title: 'bob goes over a quota: 403, though he was allowed',
    async run({ clients, until, get }) {
      await clients.kubectl('admin', 'create quota few -n limited --hard=configmaps=2')
      await until('it counts', async () => (await get('resourcequotas/limited/few'))?.status?.['hard'] !== undefined)
      await clients.kubectl('bob', 'create configmap first -n limited')
      await clients.kubectl('bob', 'create configmap second -n limited', { exits: [1] })
      return [
        created(admin, 'resourcequotas/limited/few'),
        created(bob, 'configmaps/limited/first'),
        wrote(bob, 'create', 'configmaps/limited/second', forbidden),
      ]
    },
  },
  {
    name: 'pod-security',
    title: 'the sandbox enforces the restricted profile: one pod is refused, one let in',
    async run({ clients }) {
      await clients.kubectl('admin', 'label namespace sandbox pod-security.kubernetes.io/enforce=restricted')
      await clients.kubectl('admin', 'label namespace payments pod-security.kubernetes.io/audit=restricted')
      await clients.kubectl('bob', 'create -f -', { input: pod('refused', 'sandbox'), exits: [1] })
      const good = pod('good', 'sandbox') as { spec: { containers: Record<string, unknown>[] } }
      for (const container of good.spec.containers) container['securityContext'] = restricted
      await clients.kubectl('bob', 'create -f -', { input: good })
      await clients.kubectl('bob', 'create -f -', { input: pod('noted', 'payments') })
      return [
        wrote(admin, 'patch', 'namespaces//sandbox'),
        wrote(admin, 'patch', 'namespaces//payments'),
        wrote(bob, 'create', 'pods/sandbox/refused', forbidden),
        created(bob, 'pods/sandbox/good'),
        created(bob, 'pods/payments/noted'),
      ]
    },
    objects: ['pods/sandbox/refused', 'pods/sandbox/good'],
  },
  {
    name: 'validating-admission-policy',
    title: 'alice writes a policy; bob breaks it',
    async run({ clients, until }) {
      await clients.kubectl('alice', 'create -f -', { input: noLatest() })
      await until('the policy works', async () => {
        const probe = configMap('probe', { tag: 'latest' }, 'sandbox')
        return (
          (await clients.kubectl('observer', 'create --dry-run=server -f -', { input: probe, exits: [0, 1] })).code ===
          1
        )
      })
      await clients.kubectl('bob', 'create configmap tagged -n sandbox --from-literal=tag=latest', { exits: [1] })
      await clients.kubectl('bob', 'create configmap noted -n sandbox --from-literal=note=yes')
      return [
        created(alice, `validatingadmissionpolicies.${admission}//no-latest`),
        created(alice, `validatingadmissionpolicybindings.${admission}//no-latest`),
        created(alice, `validatingadmissionpolicies.${admission}//noted`),
        created(alice, `validatingadmissionpolicybindings.${admission}//noted`),
        wrote(bob, 'create', 'configmaps/sandbox/tagged', rejected(422)),
        created(bob, 'configmaps/sandbox/noted'),
      ]
    },
    objects: ['configmaps/sandbox/tagged', 'configmaps/sandbox/noted'],
  },
  {
    name: 'webhooks',
    title: 'a webhook refuses, one changes what is written, one cannot be reached and is passed over',
    async run({ clients, until }) {
      await using webhook = await startAdmissionWebhook()
      await clients.kubectl('alice', 'create -f -', { input: webhook.configurations })
      await until('they are asked', async () => {
        const probe = configMap('probe', { refuse: 'yes' }, 'sandbox')
        return (
          (await clients.kubectl('observer', 'create --dry-run=server -f -', { input: probe, exits: [0, 1] })).code ===
          1
        )
      })
      await clients.kubectl('bob', 'create configmap no -n sandbox --from-literal=refuse=yes', { exits: [1] })
      await clients.kubectl('bob', 'create configmap changed -n sandbox --from-literal=a=1')
      const names = ['validatingwebhookconfigurations/lab', 'mutatingwebhookconfigurations/lab']
      for (const name of names) await clients.kubectl('alice', `delete ${name}`)
      return [
        created(alice, `validatingwebhookconfigurations.${admission}//lab`),
        created(alice, `mutatingwebhookconfigurations.${admission}//lab`),
        wrote(bob, 'create', 'configmaps/sandbox/no', rejected(400)),
        created(bob, 'configmaps/sandbox/changed'),
        wrote(alice, 'delete', `validatingwebhookconfigurations.${admission}//lab`),
        wrote(alice, 'delete', `mutatingwebhookconfigurations.${admission}//lab`),
      ]
    },
    objects: ['configmaps/sandbox/no', 'configmaps/sandbox/changed'],
  },
]

/** One that refuses, and one that only writes an audit annotation. */
function noLatest(): unknown {
  const policy = (name: string, expression: string): unknown => ({
    apiVersion: `${admission}/v1`,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name },
    spec: {
      failurePolicy: 'Fail',
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'], resources: ['configmaps'] },
        ],
      },
      validations: [{ expression, message: `${name}: not here` }],
      auditAnnotations: [{ key: 'seen', valueExpression: "'policy looked at ' + object.metadata.name" }],
    },
  })
  const binding = (name: string, action: string): unknown => ({
    apiVersion: `${admission}/v1`,
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: {
      policyName: name,
      validationActions: [action],
      matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'sandbox' } } },
    },
  })
  return {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      policy('no-latest', "!has(object.data) || !('tag' in object.data) || object.data.tag != 'latest'"),
      binding('no-latest', 'Deny'),
      policy('noted', "!has(object.data) || !('note' in object.data)"),
      binding('noted', 'Audit'),
    ],
  }
}
