// Saturday: nobody is there. Machines work: GitOps, a deployer, an autoscaler, and what people defined for them.

import { configMap, deployment } from './manifests.ts'
import { controller, created, read, some, wrote, type Lab, type Step } from './step.ts'
import { deployer, gitops, userOf } from './people.ts'

const bob = userOf('bob')
const web = 'deployments.apps/shop/web'
const argo = { 'user-agent': 'argocd-application-controller/v2.13.1' }
const tracking = { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web' }
const crd = 'customresourcedefinitions.apiextensions.k8s.io'

export const saturday: readonly Step[] = [
  {
    name: 'gitops-applies',
    title: 'the GitOps controller applies a deployment, then the same again, then another image',
    async run(lab) {
      const token = await tokenOf(lab, 'argocd', 'argocd-application-controller')
      for (const image of ['web:1', 'web:1', 'web:2']) {
        const body = deployment({ name: 'web', image: `registry.acme.io/${image}`, replicas: 1, annotations: tracking })
        await applyServerSide(lab, token, 'web', body)
      }
      return [
        wrote(gitops, 'patch', web, { code: 201, created: true, client: 'argocd' }),
        wrote(gitops, 'patch', web, { times: 2, client: 'argocd' }),
      ]
    },
    objects: [web],
  },
  {
    name: 'drift',
    title: 'bob changes what GitOps manages; the controller puts it back',
    async run(lab) {
      await lab.clients.kubectl('bob', 'scale deploy/web -n shop --replicas=4')
      const token = await tokenOf(lab, 'argocd', 'argocd-application-controller')
      const body = deployment({ name: 'web', image: 'registry.acme.io/web:2', replicas: 1, annotations: tracking })
      await applyServerSide(lab, token, 'web', body)
      return [wrote(bob, 'patch', `${web}/scale`), wrote(gitops, 'patch', web)]
    },
    objects: [web],
  },
  {
    name: 'helm-release',
    title: 'the deployer installs and upgrades a release, as Helm does: secrets of a type of their own',
    async run(lab) {
      const token = await tokenOf(lab, 'ci', 'deployer')
      const headers = { 'user-agent': 'Helm/3.16.2' }
      const secrets = '/api/v1/namespaces/payments/secrets'
      await lab.clients.send(token, 'POST', secrets, { headers, body: release(1, 'deployed') })
      const body = deployment({
        name: 'pay',
        namespace: 'payments',
        replicas: 1,
        labels: { 'app.kubernetes.io/managed-by': 'Helm' },
      })
      await lab.clients.send(token, 'POST', '/apis/apps/v1/namespaces/payments/deployments', { headers, body })
      await lab.clients.send(token, 'POST', secrets, { headers, body: release(2, 'pending-upgrade') })
      await lab.clients.send(token, 'PATCH', '/apis/apps/v1/namespaces/payments/deployments/pay', {
        headers,
        type: 'application/strategic-merge-patch+json',
        body: { spec: { replicas: 2 } },
      })
      await lab.clients.send(token, 'PUT', `${secrets}/sh.helm.release.v1.pay.v1`, {
        headers,
        body: release(1, 'superseded'),
      })
      const helm = { client: 'helm' }
      return [
        created(deployer, 'secrets/payments/sh.helm.release.v1.pay.v1', helm),
        created(deployer, 'deployments.apps/payments/pay', helm),
        created(deployer, 'secrets/payments/sh.helm.release.v1.pay.v2', helm),
        wrote(deployer, 'patch', 'deployments.apps/payments/pay', helm),
        wrote(deployer, 'update', 'secrets/payments/sh.helm.release.v1.pay.v1', helm),
      ]
    },
    objects: ['deployments.apps/payments/pay'],
  },
  {
    name: 'autoscaler',
    title: 'bob wants at least three; the autoscaler sees to it',
    async run({ clients, until, get }) {
      await clients.kubectl('bob', 'autoscale deploy/web -n shop --min=3 --max=5 --cpu-percent=50', { old: true })
      await until('the autoscaler has scaled', async () => (await get(web))?.spec?.['replicas'] === 3)
      return [
        created(bob, 'horizontalpodautoscalers.autoscaling/shop/web'),
        wrote(controller('horizontal-pod-autoscaler'), 'update', `${web}/scale`, some),
      ]
    },
    objects: [web],
  },
  {
    name: 'custom-resources',
    title: 'bob defines a resource, makes one of it, patches it and its status',
    async run({ clients, until, get }) {
      await clients.kubectl('bob', 'create -f -', { input: widgets() })
      await until('it is served', async () => {
        const conditions = (await get(`${crd}//widgets.acme.io`))?.status?.['conditions']
        return isEstablished(conditions)
      })
      const widget = {
        apiVersion: 'acme.io/v1',
        kind: 'Widget',
        metadata: { name: 'w', namespace: 'shop' },
        spec: { size: 1 },
      }
      await until('a widget can be made', async () => {
        return (await clients.kubectl('bob', 'apply -f -', { input: widget, exits: [0, 1] })).code === 0
      })
      await clients.kubectl('bob', 'patch widget w -n shop --type=merge', { more: ['-p', '{"spec":{"size":2}}'] })
      await clients.kubectl('bob', 'patch widget w -n shop --subresource=status --type=merge', {
        more: ['-p', '{"status":{"ready":true}}'],
      })
      return [
        created(bob, `${crd}//widgets.acme.io`),
        created(bob, 'widgets.acme.io/shop/w'),
        wrote(bob, 'patch', 'widgets.acme.io/shop/w'),
        wrote(bob, 'patch', 'widgets.acme.io/shop/w/status'),
      ]
    },
    objects: ['widgets.acme.io/shop/w'],
  },
  {
    name: 'cron-job',
    title: 'bob makes a cron job and runs it by hand; the controllers make pods of it',
    async run({ clients, until, get }) {
      await clients.kubectl('bob', 'create cronjob nightly -n shop --image=registry.acme.io/nightly:1', {
        more: ['--schedule=0 3 * * *'],
      })
      await clients.kubectl('bob', 'create job by-hand -n shop --from=cronjob/nightly')
      await until('it has run', async () => (await get('jobs.batch/shop/by-hand'))?.status?.['succeeded'] === 1)
      return [
        created(bob, 'cronjobs.batch/shop/nightly'),
        created(bob, 'jobs.batch/shop/by-hand'),
        created(controller('job-controller'), 'pods/shop/by-hand-*', some),
      ]
    },
    objects: ['cronjobs.batch/shop/nightly', 'jobs.batch/shop/by-hand'],
  },
  {
    name: 'yaml-apply',
    title: 'bob applies YAML that is not JSON, which older API servers could not audit',
    async run({ clients, pause, version }) {
      // Whatever is in the same batch is lost with it, so it has one to itself.
      await pause(batchMs)
      const { status } = await clients.send(
        'bob',
        'PATCH',
        '/api/v1/namespaces/shop/configmaps/yaml?fieldManager=bob&force=true',
        { type: 'application/apply-patch+yaml', body: yamlConfigMap },
      )
      await pause(batchMs)
      if (status !== 201) throw new Error(`the YAML was not applied: ${status}`)
      const isEncoded = Number(version.split('.')[1]) >= 37
      const lost = 'before 1.37 the API server cannot encode a patch in YAML, and drops the whole batch that it is in'
      return [wrote(bob, 'patch', 'configmaps/shop/yaml', { code: 201, created: true, ...(isEncoded ? {} : { lost }) })]
    },
    objects: ['configmaps/shop/yaml'],
  },
  {
    name: 'reads',
    title: 'bob looks around: lists, one by name, as a table, all namespaces, discovery',
    async run({ clients }) {
      await clients.kubectl('bob', 'get pods -A')
      await clients.kubectl('bob', 'get deploy web -n shop -o json')
      await clients.kubectl('bob', 'get configmaps -n shop --field-selector=metadata.name=yaml')
      await clients.send('bob', 'GET', '/apis')
      return [
        read(bob, 'list', 'pods//'),
        read(bob, 'get', web),
        // A list with a field selector of one name is said to be of that name (requestinfo.go).
        read(bob, 'list', 'configmaps/shop/yaml'),
        { actor: bob, verb: 'get', class: 'other', outcome: 'success', code: 200, path: '/apis', times: 'some' },
      ]
    },
  },
]

/** The lab's API server posts every second. */
const batchMs = 2_000

/** One document, as a person writes it: comments and no braces. */
const yamlConfigMap = `# by hand
apiVersion: v1
kind: ConfigMap
metadata:
  name: yaml
  namespace: shop
data:
  greeting: hello # to all
`

async function tokenOf(lab: Lab, namespace: string, name: string): Promise<{ readonly token: string }> {
  const { out } = await lab.clients.kubectl('observer', `create token ${name} -n ${namespace}`)
  return { token: out.trim() }
}

async function applyServerSide(
  lab: Lab,
  token: { readonly token: string },
  name: string,
  body: unknown,
): Promise<void> {
  const path = `/apis/apps/v1/namespaces/shop/deployments/${name}?fieldManager=argocd-controller&force=true`
  const options = { headers: argo, type: 'application/apply-patch+yaml', body }
  const { status, body: said } = await lab.clients.send(token, 'PATCH', path, options)
  if (status >= 300) throw new Error(`could not apply ${name}: ${status} ${said}`)
}

function release(revision: number, status: string): unknown {
  const secret = configMap(`sh.helm.release.v1.pay.v${revision}`, {}, 'payments') as Record<string, unknown>
  return {
    ...secret,
    kind: 'Secret',
    metadata: {
      name: `sh.helm.release.v1.pay.v${revision}`,
      namespace: 'payments',
      labels: { name: 'pay', owner: 'helm', status, version: String(revision) },
    },
    type: 'helm.sh/release.v1',
    data: { release: Buffer.from(`the chart and its values, revision ${revision}`).toString('base64') },
  }
}

function widgets(): unknown {
  const schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.acme.io' },
    spec: {
      group: 'acme.io',
      scope: 'Namespaced',
      names: { plural: 'widgets', singular: 'widget', kind: 'Widget' },
      versions: [
        { name: 'v1', served: true, storage: true, subresources: { status: {} }, schema: { openAPIV3Schema: schema } },
      ],
    },
  }
}

function isEstablished(conditions: unknown): boolean {
  return (
    Array.isArray(conditions) &&
    conditions.some((one: { type?: string; status?: string }) => one.type === 'Established' && one.status === 'True')
  )
}
