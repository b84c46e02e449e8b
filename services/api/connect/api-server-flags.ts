// apiServerFlags: what to paste so that an API server audits to Plaintrail, for the four usual ways to run one.
// Flags and defaults: kubernetes/apiserver pkg/server/options/audit.go and plugin/pkg/audit/{webhook,buffered,truncate}.

export interface ApiServerFlags {
  /** A ClusterConfiguration to merge into the one that kubeadm is given. */
  readonly kubeadm: string
  /** A whole kind.yaml. */
  readonly kind: string
  /** A file for /etc/rancher/k3s/config.yaml.d. */
  readonly k3s: string
  /** A file for /etc/rancher/rke2/config.yaml.d. */
  readonly rke2: string
}

/** Each text is YAML whose comments say where it and the two files that it names belong. */
export function apiServerFlags({ cluster }: { readonly cluster: string }): ApiServerFlags {
  return { kubeadm: kubeadm(), kind: kind(cluster), k3s: k3s(), rke2: rke2() }
}

interface Flag {
  readonly name: string
  readonly value: string
  /** Comment lines above the flag. */
  readonly why: readonly string[]
}

const policyFile = 'audit-policy.yaml'
const kubeconfigFile = 'audit-webhook.kubeconfig'

/**
 * 400 events of at most 160 KiB make 62.5 MiB, below the 64 MiB that the receiver takes: nobody can make a batch that
 * is refused, and so hide the events beside his own, by writing large objects.
 */
const batchEventsMax = 400
const eventBytesMax = 160 * 1024

function policyFlag(folder: string): Flag {
  return { name: 'audit-policy-file', value: `${folder}/${policyFile}`, why: ['Without a policy nothing is sent.'] }
}

function webhookFlags(folder: string): readonly Flag[] {
  return [
    {
      name: 'audit-webhook-config-file',
      value: `${folder}/${kubeconfigFile}`,
      why: [
        'Leave audit-webhook-initial-backoff at its default of 10s: there are five attempts whatever it is, so a shorter',
        'wait only makes events be lost sooner (2s: after 16 s without a receiver instead of 81 s).',
      ],
    },
    {
      name: 'audit-webhook-mode',
      value: 'batch',
      why: ['The default, written down: with blocking, every request of the cluster would wait for the receiver.'],
    },
    {
      name: 'audit-webhook-batch-max-wait',
      value: '1s',
      why: ['The default of 30s is how long an event would stay unseen.'],
    },
    {
      name: 'audit-webhook-batch-max-size',
      value: String(batchEventsMax),
      why: [
        'The default, written down: 10 batches a second are sent, so this makes a ceiling of 4000 events a second.',
      ],
    },
    {
      name: 'audit-webhook-batch-buffer-size',
      value: '20000',
      why: ['Default 10000. Events wait here, in memory; when it is full they are dropped at once.'],
    },
    {
      name: 'audit-webhook-truncate-enabled',
      value: 'true',
      why: [
        'Off by default, and then nothing bounds a batch; one over 64 MiB is refused and lost with all its events.',
      ],
    },
    {
      name: 'audit-webhook-truncate-max-event-size',
      value: String(eventBytesMax),
      why: [
        'Default 102400. 400 events of 160 KiB make 62.5 MiB, so a batch always fits. A larger event comes without its',
        'bodies and says so (annotation audit.k8s.io/truncated); who, what and when stay. One that is larger even so is',
        'lost, and a client can make it so (its Audit-ID and URI are as long as it likes): alert on',
        'apiserver_audit_error_total{plugin="truncate"} of the API server.',
      ],
    },
  ]
}

function logFlags(file: string): readonly Flag[] {
  return [
    {
      name: 'audit-log-path',
      value: file,
      why: ['A log file beside the webhook: what a long outage of the receiver lost, `plaintrail ingest` brings back.'],
    },
    { name: 'audit-log-maxage', value: '30', why: ['At most 30 days, 10 old files, 100 MB each.'] },
    { name: 'audit-log-maxbackup', value: '10', why: [] },
    { name: 'audit-log-maxsize', value: '100', why: [] },
  ]
}

const logTruncateFlags: readonly Flag[] = [
  {
    name: 'audit-log-truncate-enabled',
    value: 'true',
    why: ['Cut like the webhook: then both copies of an event have the same bytes, and a back-fill doubles none.'],
  },
  { name: 'audit-log-truncate-max-event-size', value: String(eventBytesMax), why: [] },
]

const kubernetesFolder = '/etc/kubernetes/plaintrail'
const kubernetesLogFolder = '/var/log/kubernetes/audit'

const kubernetesFlags = [
  policyFlag(kubernetesFolder),
  ...webhookFlags(kubernetesFolder),
  ...logFlags(`${kubernetesLogFolder}/audit.log`),
  ...logTruncateFlags,
]

function kubeadm(): string {
  return `# kubeadm
# 1. On every control-plane node, for each API server sends only what went through it, put ${policyFile} and
#    ${kubeconfigFile} into ${kubernetesFolder}/.
# 2. A new cluster: merge this into the file that \`kubeadm init --config\` gets.
#    A running one: merge it into the ClusterConfiguration (kubectl -n kube-system edit configmap kubeadm-config), save
#    that as kubeadm.yaml on each control-plane node in turn, and run there:
#    kubeadm init phase control-plane apiserver --config kubeadm.yaml
# kubeadm before 1.31 has no v1beta4: write kubeadm.k8s.io/v1beta3, in which extraArgs is a map of name to value, as in
# audit-webhook-mode: "batch".
${clusterConfiguration('v1beta4', listOf(kubernetesFlags))}`
}

function kind(cluster: string): string {
  const withoutReasons = kubernetesFlags.map((flag) => ({ ...flag, why: [] }))
  return `# kind
# 1. Put ${policyFile} and ${kubeconfigFile} into ./plaintrail/.
# 2. Save this as kind.yaml beside that folder and run there: kind create cluster --config kind.yaml
# The server in ${kubeconfigFile} must be an address that a container reaches: the gateway of the Docker
# network kind (docker network inspect kind) or an address of this machine, not 127.0.0.1.
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
name: ${JSON.stringify(cluster)}
nodes:
  # More control-plane nodes: each needs the same extraMounts and kubeadmConfigPatches.
  - role: control-plane
    extraMounts:
      - hostPath: ./plaintrail
        containerPath: ${kubernetesFolder}
        readOnly: true
    kubeadmConfigPatches:
      # kind uses v1beta4 from Kubernetes 1.36 on and v1beta3 before, and applies the patch of the version that it uses.
      - |
${indented(8, clusterConfiguration('v1beta4', listOf(kubernetesFlags)))}      - |
${indented(8, clusterConfiguration('v1beta3', mapOf(withoutReasons)))}`
}

function clusterConfiguration(version: 'v1beta3' | 'v1beta4', extraArgs: string): string {
  return `apiVersion: kubeadm.k8s.io/${version}
kind: ClusterConfiguration
apiServer:
  extraArgs:
${indented(4, extraArgs)}  extraVolumes:
    - name: plaintrail
      hostPath: ${kubernetesFolder}
      mountPath: ${kubernetesFolder}
      readOnly: true
      pathType: Directory
    - name: plaintrail-log
      hostPath: ${kubernetesLogFolder}
      mountPath: ${kubernetesLogFolder}
      readOnly: false
      pathType: DirectoryOrCreate
`
}

function k3s(): string {
  const folder = '/etc/rancher/k3s/plaintrail'
  const logFolder = '/var/lib/rancher/k3s/server/logs'
  const flags = [
    policyFlag(folder),
    ...webhookFlags(folder),
    ...logFlags(`${logFolder}/audit.log`),
    ...logTruncateFlags,
  ]
  return `# k3s
# 1. On every server node, for each API server sends only what went through it, put ${policyFile} and
#    ${kubeconfigFile} into ${folder}/, and make the folder of the log:
#    mkdir -p -m 700 ${logFolder}
# 2. Save this as /etc/rancher/k3s/config.yaml.d/90-plaintrail.yaml and run: systemctl restart k3s
# The + adds to what config.yaml says of the same key instead of replacing it.
kube-apiserver-arg+:
${indented(2, argumentsOf(flags))}`
}

function rke2(): string {
  const folder = '/etc/rancher/rke2/plaintrail'
  const flags = [...webhookFlags(folder), ...logTruncateFlags]
  return `# RKE2
# 1. On every server node, for each API server sends only what went through it, put ${policyFile} and
#    ${kubeconfigFile} into ${folder}/ before the next step: where the policy is missing, RKE2
#    writes one that records nothing.
# 2. Save this as /etc/rancher/rke2/config.yaml.d/90-plaintrail.yaml and run: systemctl restart rke2-server
# The + adds to what config.yaml says of the same key instead of replacing it.

# With a policy RKE2 also writes /var/lib/rancher/rke2/server/logs/audit.log (30 days, 10 old files, 100 MB each): what
# a long outage of the receiver lost, \`plaintrail ingest\` brings back.
audit-policy-file: ${folder}/${policyFile}
kube-apiserver-arg+:
${indented(2, argumentsOf(flags))}
# The API server is a static pod. The folder is mounted and not its files: RKE2 mounts a file that a flag names by
# itself, and a pod that mounts one path twice is invalid.
kube-apiserver-extra-mount+:
  - ${JSON.stringify(`${folder}:${folder}:ro`)}
`
}

/** extraArgs of kubeadm v1beta4. */
function listOf(flags: readonly Flag[]): string {
  return flags
    .map(({ name, value, why }) => `${comment(why)}- name: ${name}\n  value: ${JSON.stringify(value)}\n`)
    .join('')
}

/** extraArgs of kubeadm v1beta3. */
function mapOf(flags: readonly Flag[]): string {
  return flags.map(({ name, value, why }) => `${comment(why)}${name}: ${JSON.stringify(value)}\n`).join('')
}

/** kube-apiserver-arg of k3s and RKE2. */
function argumentsOf(flags: readonly Flag[]): string {
  return flags.map(({ name, value, why }) => `${comment(why)}- ${JSON.stringify(`${name}=${value}`)}\n`).join('')
}

function comment(lines: readonly string[]): string {
  return lines.map((line) => `# ${line}\n`).join('')
}

function indented(spaces: number, lines: string): string {
  return lines.replaceAll(/^(?=.)/gm, ' '.repeat(spaces))
}
