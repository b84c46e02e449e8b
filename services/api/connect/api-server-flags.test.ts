// What an API server gets from the texts that we tell people to paste.
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { apiServerFlags } from './api-server-flags.ts'

const texts = apiServerFlags({ cluster: 'prod-eu' })

/** The flags as the API server sees them, without the dashes. */
const flagsOf = {
  kubeadm: () => fromList(parse(texts.kubeadm).apiServer.extraArgs),
  kindV1beta4: () => fromList(kindPatch('v1beta4').apiServer.extraArgs),
  kindV1beta3: () => new Map<string, string>(Object.entries(kindPatch('v1beta3').apiServer.extraArgs)),
  k3s: () => fromArguments(parse(texts.k3s)['kube-apiserver-arg+']),
  rke2: () =>
    fromArguments(parse(texts.rke2)['kube-apiserver-arg+']).set(
      'audit-policy-file',
      parse(texts.rke2)['audit-policy-file'],
    ),
}

function fromList(list: readonly { readonly name: string; readonly value: string }[]): Map<string, string> {
  return new Map(list.map(({ name, value }) => [name, value]))
}

function fromArguments(list: readonly string[]): Map<string, string> {
  return new Map(
    list.map((argument) => [argument.slice(0, argument.indexOf('=')), argument.slice(argument.indexOf('=') + 1)]),
  )
}

function kindPatch(version: string) {
  const patches: readonly string[] = parse(texts.kind).nodes[0].kubeadmConfigPatches
  return patches.map((patch) => parse(patch)).find(({ apiVersion }) => apiVersion === `kubeadm.k8s.io/${version}`)
}

describe.each(Object.entries(flagsOf))('%s', (_distribution, read) => {
  const flags = read()

  test('sends batches soon and never makes a request wait', () => {
    expect(flags.get('audit-webhook-mode')).toBe('batch')
    expect(flags.get('audit-webhook-batch-max-wait')).toBe('1s')
    expect(flags.get('audit-webhook-batch-buffer-size')).toBe('20000')
  })

  test('may send 4,000 events a second, and no batch that the receiver must refuse', () => {
    const batchesPerSecond = 10
    const eventsPerBatch = Number(flags.get('audit-webhook-batch-max-size'))
    expect(batchesPerSecond * eventsPerBatch).toBe(4000)

    const bodyBytesMax = 64 * 1024 * 1024
    const envelopeBytes = 1024
    expect(flags.get('audit-webhook-truncate-enabled')).toBe('true')
    expect(eventsPerBatch * Number(flags.get('audit-webhook-truncate-max-event-size')) + envelopeBytes).toBeLessThan(
      bodyBytesMax,
    )
  })

  test('keeps the wait between attempts that loses least', () => {
    expect(flags.has('audit-webhook-initial-backoff')).toBe(false)
  })

  test('cuts its log file like the webhook, so that a back-fill doubles nothing', () => {
    expect(flags.get('audit-log-truncate-enabled')).toBe('true')
    expect(flags.get('audit-log-truncate-max-event-size')).toBe(flags.get('audit-webhook-truncate-max-event-size'))
  })

  test('has every value as text, as its config wants it', () => {
    for (const value of flags.values()) expect(value).toBeTypeOf('string')
  })
})

describe('a log file of 30 days is kept beside the webhook', () => {
  test.each(['kubeadm', 'kindV1beta3', 'kindV1beta4', 'k3s'] as const)('%s', (distribution) => {
    const flags = flagsOf[distribution]()
    expect(flags.get('audit-log-path')).toMatch(/^\/var\/.*\/audit\.log$/)
    expect(flags.get('audit-log-maxage')).toBe('30')
    expect(flags.get('audit-log-maxbackup')).toBe('10')
    expect(flags.get('audit-log-maxsize')).toBe('100')
  })

  test('by RKE2 itself, which does so when it is given a policy', () => {
    expect(texts.rke2).toContain('/var/lib/rancher/rke2/server/logs/audit.log (30 days, 10 old files, 100 MB each)')
  })
})

describe('a static pod sees the files that its flags name', () => {
  test.each(['kubeadm', 'kindV1beta3', 'kindV1beta4'] as const)('%s', (distribution) => {
    const configuration = {
      kubeadm: () => parse(texts.kubeadm),
      kindV1beta3: () => kindPatch('v1beta3'),
      kindV1beta4: () => kindPatch('v1beta4'),
    }[distribution]()
    expect(configuration.kind).toBe('ClusterConfiguration')
    const mounted: readonly { mountPath: string; hostPath: string; readOnly: boolean }[] =
      configuration.apiServer.extraVolumes
    const flags = flagsOf[distribution]()
    const volumeOf = (flag: string) => mounted.find(({ mountPath }) => flags.get(flag)?.startsWith(`${mountPath}/`))
    expect(volumeOf('audit-policy-file')).toMatchObject({ hostPath: '/etc/kubernetes/plaintrail', readOnly: true })
    expect(volumeOf('audit-webhook-config-file')).toMatchObject({
      hostPath: '/etc/kubernetes/plaintrail',
      readOnly: true,
    })
    expect(volumeOf('audit-log-path')).toMatchObject({ hostPath: '/var/log/kubernetes/audit', readOnly: false })
  })

  test('kind puts the folder beside kind.yaml where the pod’s volume begins', () => {
    const config = parse(texts.kind)
    expect(config).toMatchObject({ kind: 'Cluster', apiVersion: 'kind.x-k8s.io/v1alpha4', name: 'prod-eu' })
    expect(config.nodes[0].extraMounts).toEqual([
      { hostPath: './plaintrail', containerPath: '/etc/kubernetes/plaintrail', readOnly: true },
    ])
  })

  test('RKE2 mounts the folder and none of the files in it, which it mounts itself', () => {
    const config = parse(texts.rke2)
    expect(config['kube-apiserver-extra-mount+']).toEqual([
      '/etc/rancher/rke2/plaintrail:/etc/rancher/rke2/plaintrail:ro',
    ])
    expect(flagsOf.rke2().get('audit-webhook-config-file')).toBe(
      '/etc/rancher/rke2/plaintrail/audit-webhook.kubeconfig',
    )
    expect(flagsOf.rke2().get('audit-policy-file')).toBe('/etc/rancher/rke2/plaintrail/audit-policy.yaml')
  })
})

test('every text says where it and both files belong', () => {
  for (const text of Object.values(texts)) {
    expect(text).toMatch(/^# /)
    expect(text).toContain('audit-policy.yaml')
    expect(text).toContain('audit-webhook.kubeconfig')
  }
  expect(texts.kubeadm).toContain('kubeadm init phase control-plane apiserver')
  expect(texts.kubeadm).toContain('v1beta3')
  expect(texts.kind).toContain('kind create cluster --config kind.yaml')
  expect(texts.k3s).toContain('systemctl restart k3s')
  expect(texts.rke2).toContain('systemctl restart rke2-server')
})

test('a cluster’s name adds no lines to a text', () => {
  const { kind } = apiServerFlags({ cluster: 'a"\nnodes: []' })
  expect(parse(kind).name).toBe('a"\nnodes: []')
})
