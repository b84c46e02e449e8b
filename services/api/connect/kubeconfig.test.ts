// What an API server makes of the kubeconfig that we give it.
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { IngestUrlRefused, webhookKubeconfig } from './kubeconfig.ts'
import type { IngestCredential } from './kubeconfig.ts'

const caPem = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'
const token: IngestCredential = { kind: 'token', token: 'pti_Abc123' }

function made(serverUrl: string, credential: IngestCredential = token, cluster = 'prod-eu') {
  return webhookKubeconfig({ cluster, serverUrl, caPem, credential })
}

test('the API server posts to the cluster’s own path, trusts our CA and shows the token', () => {
  const { kubeconfig, ingestUrl, warnings } = made('https://10.0.0.5:7718')
  expect(ingestUrl).toBe('https://10.0.0.5:7718/v1/ingest/k8s/prod-eu')
  expect(warnings).toEqual([])
  expect(parse(kubeconfig)).toEqual({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      {
        name: 'plaintrail',
        cluster: { server: ingestUrl, 'certificate-authority-data': Buffer.from(caPem).toString('base64') },
      },
    ],
    users: [{ name: 'plaintrail', user: { token: 'pti_Abc123' } }],
    contexts: [{ name: 'plaintrail', context: { cluster: 'plaintrail', user: 'plaintrail' } }],
    'current-context': 'plaintrail',
  })
})

test('a client certificate takes the place of the token', () => {
  const { kubeconfig } = made('https://10.0.0.5:7718', { kind: 'client-certificate', cert: 'CERT\n', key: 'KEY\n' })
  expect(parse(kubeconfig).users[0].user).toEqual({
    'client-certificate-data': Buffer.from('CERT\n').toString('base64'),
    'client-key-data': Buffer.from('KEY\n').toString('base64'),
  })
})

test.each([
  ['https://audit.example.com', 'https://audit.example.com/v1/ingest/k8s/prod-eu'],
  ['https://audit.example.com/', 'https://audit.example.com/v1/ingest/k8s/prod-eu'],
  ['https://example.com/plaintrail//', 'https://example.com/plaintrail/v1/ingest/k8s/prod-eu'],
  ['https://[fd00::5]:7718', 'https://[fd00::5]:7718/v1/ingest/k8s/prod-eu'],
])('%s becomes %s', (serverUrl, ingestUrl) => {
  expect(made(serverUrl).ingestUrl).toBe(ingestUrl)
})

test('a name can neither leave its path nor add lines to the file', () => {
  const { kubeconfig, ingestUrl } = made(
    'https://10.0.0.5:7718',
    { kind: 'token', token: 'a"\n  b: c' },
    '../x?y#z\n- a',
  )
  expect(ingestUrl).toBe('https://10.0.0.5:7718/v1/ingest/k8s/..%2Fx%3Fy%23z%0A-%20a')
  expect(parse(kubeconfig).users[0].user).toEqual({ token: 'a"\n  b: c' })
})

describe('what an API server would drop or ignore without a word is refused, with what to do', () => {
  test.each([
    ['https://10.0.0.5:7718/?cluster=prod', /drops the query .* leave them out/],
    ['https://10.0.0.5:7718?', /drops the query/],
    ['https://10.0.0.5:7718/#prod', /drops the query and the fragment/],
    ['http://10.0.0.5:7718', /sends no credential over http.* use https/],
    ['https://user:pass@10.0.0.5:7718', /user name or password in it; leave them out/],
    ['10.0.0.5:7718', /not a URL; set PLAINTRAIL_INGEST_URL/],
    ['localhost:7718', /scheme is not https; set PLAINTRAIL_INGEST_URL/],
    ['https://0.0.0.0:7718', /where a server listens/],
    ['https://[::]:7718', /where a server listens/],
    ['', /not a URL/],
  ])('%s', (serverUrl, message) => {
    expect(() => made(serverUrl)).toThrowError(IngestUrlRefused)
    expect(() => made(serverUrl)).toThrowError(message)
  })

  test('and a client certificate is no better over http than a token', () => {
    expect(() => made('http://10.0.0.5', { kind: 'client-certificate', cert: 'a', key: 'b' })).toThrowError(/over http/)
  })
})

describe('what works on few clusters is said', () => {
  test.each([
    ['https://plaintrail.audit.svc:7718', /name of a Service.* ClusterIP/],
    ['https://plaintrail.audit.svc.cluster.local', /name of a Service/],
    ['https://plaintrail.audit.svc.corp.example', /name of a Service/],
    ['https://plaintrail.audit.SVC.', /name of a Service/],
    ['https://localhost:7718', /only when the API server runs on this machine/],
    ['https://127.0.0.2:7718', /only when the API server runs on this machine/],
    ['https://[::1]:7718', /only when the API server runs on this machine/],
  ])('%s', (serverUrl, warning) => {
    expect(made(serverUrl).warnings).toEqual([expect.stringMatching(warning)])
  })

  test.each(['https://10.96.12.7:7718', 'https://svc.example.com', 'https://mysvc.example.com'])(
    '%s is fine',
    (url) => {
      expect(made(url).warnings).toEqual([])
    },
  )
})
