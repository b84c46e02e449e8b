// Thursday: who may do what. Tokens, certificates, impersonation, and those who may not.

import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { makeKey } from '../certificates.ts'
import { configMap } from './manifests.ts'
import { controller, created, denied, read, rejected, some, wrote, type Deed, type Step } from './step.ts'
import { deployer, userOf } from './people.ts'

const [admin, alice, bob, carol, mallory] = (['admin', 'alice', 'bob', 'carol', 'mallory'] as const).map(userOf) as [
  string,
  string,
  string,
  string,
  string,
]
const csrs = 'certificatesigningrequests.certificates.k8s.io'
const rbac = 'rbac.authorization.k8s.io'

export const thursday: readonly Step[] = [
  {
    name: 'token',
    title: 'the admin makes a token for the deployer, who uses it',
    async run({ clients }) {
      const { out } = await clients.kubectl('admin', 'create token deployer -n ci')
      const token = { token: out.trim() }
      await clients.send(token, 'POST', '/api/v1/namespaces/shop/configmaps', {
        body: configMap('by-token', { a: '1' }),
      })
      return [
        wrote(admin, 'create', 'serviceaccounts/ci/deployer/token', { code: 201 }),
        created(deployer, 'configmaps/shop/by-token'),
      ]
    },
    objects: ['configmaps/shop/by-token'],
  },
  {
    name: 'certificate',
    title: 'bob asks for a certificate for erin, alice approves, the controller signs',
    async run({ clients, until, get }) {
      const request = await certificateRequest('erin@acme.io')
      const csr = {
        apiVersion: 'certificates.k8s.io/v1',
        kind: 'CertificateSigningRequest',
        metadata: { name: 'erin' },
        spec: { request, signerName: 'kubernetes.io/kube-apiserver-client', usages: ['client auth'] },
      }
      await clients.kubectl('bob', 'create -f -', { input: csr })
      await clients.kubectl('alice', 'certificate approve erin')
      await until('it is signed', async () => (await get(`${csrs}//erin`))?.status?.['certificate'] !== undefined)
      return [
        created(bob, `${csrs}//erin`),
        wrote(alice, 'update', `${csrs}//erin/approval`),
        wrote(controller('certificate-controller'), 'update', `${csrs}//erin/status`, some),
      ]
    },
    objects: [`${csrs}//erin`],
  },
  {
    name: 'certificate-denied',
    title: 'alice denies another',
    async run({ clients }) {
      const csr = {
        apiVersion: 'certificates.k8s.io/v1',
        kind: 'CertificateSigningRequest',
        metadata: { name: 'eve' },
        spec: {
          request: await certificateRequest('eve@ext.io'),
          signerName: 'kubernetes.io/kube-apiserver-client',
          usages: ['client auth'],
        },
      }
      await clients.kubectl('bob', 'create -f -', { input: csr })
      await clients.kubectl('alice', 'certificate deny eve')
      return [created(bob, `${csrs}//eve`), wrote(alice, 'update', `${csrs}//eve/approval`)]
    },
    objects: [`${csrs}//eve`],
  },
  {
    name: 'impersonation',
    title: 'carol acts as bob, and as a service account',
    async run({ clients }) {
      const as = (who: string): string => `--as=${who}`
      await clients.kubectl('carol', `create configmap as-bob -n shop ${as(bob)} --as-group=dev`)
      await clients.kubectl('carol', `get secrets -n shop ${as(deployer)}`)
      return [
        created(carol, 'configmaps/shop/as-bob', { as: bob }),
        read(carol, 'list', 'secrets/shop/', { as: deployer }),
      ]
    },
    objects: ['configmaps/shop/as-bob'],
  },
  {
    name: 'impersonation-refused',
    title: 'mallory acts as the admin, which he may not; carol as mallory, who may nothing',
    async run({ clients }) {
      await clients.kubectl('mallory', 'delete configmap as-bob -n shop --as=lab-admin --as-group=system:masters', {
        exits: [1],
      })
      await clients.kubectl('carol', `delete configmap as-bob -n shop --as=${mallory}`, { exits: [1] })
      return [
        wrote(mallory, 'delete', 'configmaps/shop/as-bob', denied),
        wrote(carol, 'delete', 'configmaps/shop/as-bob', { ...denied, as: mallory }),
      ]
    },
    objects: ['configmaps/shop/as-bob'],
  },
  {
    name: 'nobody',
    title: 'somebody without credentials, and somebody with false ones',
    async run({ clients }) {
      const secrets = '/api/v1/namespaces/shop/secrets'
      await clients.send(null, 'GET', secrets)
      await clients.send(null, 'GET', '/version')
      await clients.send({ token: 'no-such-token' }, 'GET', secrets)
      const forged = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW06YWRtaW4ifQ.c2lnbmF0dXJl'
      await clients.send({ token: forged }, 'POST', '/api/v1/namespaces/shop/pods', { body: { kind: 'Pod' } })
      const anonymous = 'system:anonymous'
      const unknown: Partial<Deed> = { outcome: 'denied', code: 401, untold: 'whose the credentials were meant to be' }
      return [
        read(anonymous, 'list', 'secrets/shop/', denied),
        { actor: anonymous, verb: 'get', class: 'other', outcome: 'success', code: 200, path: '/version' },
        read('', 'list', 'secrets/shop/', unknown),
        wrote('', 'create', 'pods/shop/', unknown),
      ]
    },
  },
  {
    name: 'denials',
    title: 'mallory tries what an intruder tries',
    async run({ clients }) {
      for (const args of [
        'get secrets -n payments',
        'get secret root -n payments',
        'create clusterrolebinding pwn --clusterrole=cluster-admin --user=mallory@ext.io',
        'delete deploy/api -n shop',
        'create token deployer -n ci',
      ])
        await clients.kubectl('mallory', args, { exits: [1] })
      return [
        read(mallory, 'list', 'secrets/payments/', denied),
        read(mallory, 'get', 'secrets/payments/root', denied),
        wrote(mallory, 'create', `clusterrolebindings.${rbac}//`, {
          ...denied,
          untold: 'the name of what was refused before its body was read',
        }),
        wrote(mallory, 'delete', 'deployments.apps/shop/api', denied),
        wrote(mallory, 'create', 'serviceaccounts/ci/deployer/token', denied),
      ]
    },
  },
  {
    name: 'escalation',
    title: 'bob may write role bindings, but none that gives more than he has',
    async run({ clients }) {
      await clients.kubectl('bob', 'create rolebinding more -n shop --clusterrole=cluster-admin --user=bob@acme.io', {
        exits: [1],
      })
      // The handler of RBAC refuses, after the authorizer allowed: not what an authorizer denies.
      return [wrote(bob, 'create', `rolebindings.${rbac}/shop/more`, { outcome: 'rejected', code: 403 })]
    },
  },
  {
    name: 'grants',
    title: 'the admin binds a role, then adds a subject to the binding',
    async run({ clients }) {
      await clients.kubectl(
        'admin',
        'create rolebinding deploy -n payments --clusterrole=edit --serviceaccount=ci:deployer',
      )
      await clients.kubectl('admin', 'patch rolebinding deploy -n payments --type=json', {
        more: [
          '-p',
          '[{"op":"add","path":"/subjects/-","value":{"kind":"User","name":"mallory@ext.io","apiGroup":"rbac.authorization.k8s.io"}}]',
        ],
      })
      return [
        created(admin, `rolebindings.${rbac}/payments/deploy`),
        wrote(admin, 'patch', `rolebindings.${rbac}/payments/deploy`),
      ]
    },
    objects: [`rolebindings.${rbac}/payments/deploy`],
  },
  {
    name: 'questions',
    title: 'bob asks what he may do, which changes nothing',
    async run({ clients }) {
      await clients.kubectl('bob', 'auth can-i delete nodes', { exits: [0, 1] })
      return [read(bob, 'create', 'selfsubjectaccessreviews.authorization.k8s.io//', { code: 201 })]
    },
  },
  {
    name: 'secrets',
    title: 'bob makes a secret; alice reads it, and all of them',
    async run({ clients }) {
      await clients.kubectl('bob', 'create secret generic db -n shop --from-literal=password=correct-horse')
      await clients.kubectl('alice', 'get secret db -n shop -o yaml')
      await clients.kubectl('alice', 'get secrets -n shop')
      await clients.kubectl('alice', 'get secrets -A')
      return [
        created(bob, 'secrets/shop/db'),
        read(alice, 'get', 'secrets/shop/db'),
        read(alice, 'list', 'secrets/shop/'),
        read(alice, 'list', 'secrets//'),
      ]
    },
  },
  {
    name: 'audit-id',
    title: 'mallory chooses the auditID: the same for a harmless read and for a write',
    async run({ clients }) {
      const headers = { 'Audit-ID': 'chosen-by-the-client' }
      await clients.send('mallory', 'GET', '/api/v1/namespaces/shop/pods', { headers })
      await clients.send('bob', 'POST', '/api/v1/namespaces/shop/configmaps', {
        headers,
        body: configMap('same-id', { a: '1' }),
      })
      return [read(mallory, 'list', 'pods/shop/', denied), created(bob, 'configmaps/shop/same-id')]
    },
    objects: ['configmaps/shop/same-id'],
  },
  {
    name: 'bad-timeout',
    title: 'mallory sends a timeout that is none: refused before anybody asks who he is',
    async run({ clients }) {
      await clients.send('mallory', 'GET', '/api/v1/namespaces/shop/pods?timeout=soon')
      return [
        read('', 'list', 'pods/shop/', { ...rejected(400), untold: 'who it was: the user of such an event is empty' }),
      ]
    },
  },
]

async function certificateRequest(user: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'plaintrail-lab-'))
  try {
    const [key, csr] = [join(folder, 'key.pem'), join(folder, 'csr.pem')]
    await makeKey(key)
    await promisify(execFile)('openssl', ['req', '-new', '-key', key, '-subj', `/CN=${user}`, '-out', csr])
    return (await readFile(csr)).toString('base64')
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
