// The resources that Kubernetes and the common add-ons define, with kubectl's names for them. Data; resources.ts asks.

/** `short` holds kubectl's short names, the usual one first; empty where there is none. */
export interface KnownResource {
  readonly group: string
  readonly resource: string
  readonly kind: string
  readonly short: readonly string[]
  /** Its objects stand in no namespace. */
  readonly clusterScoped: boolean
}

/** group: its resources as `plural Kind short short …`; a plural that ends in `!` is cluster-scoped. */
const rows: Readonly<Record<string, readonly string[]>> = {
  '': [
    'pods Pod po',
    'services Service svc',
    'configmaps ConfigMap cm',
    'secrets Secret',
    'serviceaccounts ServiceAccount sa',
    'namespaces! Namespace ns',
    'nodes! Node no',
    'endpoints Endpoints ep',
    'events Event ev',
    'persistentvolumes! PersistentVolume pv',
    'persistentvolumeclaims PersistentVolumeClaim pvc',
    'replicationcontrollers ReplicationController rc',
    'resourcequotas ResourceQuota quota',
    'limitranges LimitRange limits',
    'podtemplates PodTemplate',
    'bindings Binding',
    'componentstatuses! ComponentStatus cs',
  ],
  apps: [
    'deployments Deployment deploy',
    'statefulsets StatefulSet sts',
    'daemonsets DaemonSet ds',
    'replicasets ReplicaSet rs',
    'controllerrevisions ControllerRevision',
  ],
  batch: ['jobs Job', 'cronjobs CronJob cj'],
  autoscaling: ['horizontalpodautoscalers HorizontalPodAutoscaler hpa'],
  policy: ['poddisruptionbudgets PodDisruptionBudget pdb', 'podsecuritypolicies! PodSecurityPolicy psp'],
  extensions: [
    'deployments Deployment deploy',
    'daemonsets DaemonSet ds',
    'replicasets ReplicaSet rs',
    'ingresses Ingress ing',
    'networkpolicies NetworkPolicy netpol',
    'podsecuritypolicies! PodSecurityPolicy psp',
  ],
  'networking.k8s.io': [
    'ingresses Ingress ing',
    'ingressclasses! IngressClass',
    'networkpolicies NetworkPolicy netpol',
    'ipaddresses! IPAddress ip',
    'servicecidrs! ServiceCIDR',
  ],
  'rbac.authorization.k8s.io': [
    'roles Role',
    'rolebindings RoleBinding',
    'clusterroles! ClusterRole',
    'clusterrolebindings! ClusterRoleBinding',
  ],
  'authentication.k8s.io': ['tokenreviews! TokenReview', 'selfsubjectreviews! SelfSubjectReview'],
  'authorization.k8s.io': [
    'subjectaccessreviews! SubjectAccessReview',
    'selfsubjectaccessreviews! SelfSubjectAccessReview',
    'selfsubjectrulesreviews! SelfSubjectRulesReview',
    'localsubjectaccessreviews LocalSubjectAccessReview',
  ],
  'certificates.k8s.io': [
    'certificatesigningrequests! CertificateSigningRequest csr',
    'clustertrustbundles! ClusterTrustBundle',
  ],
  'storage.k8s.io': [
    'storageclasses! StorageClass sc',
    'volumeattachments! VolumeAttachment',
    'volumeattributesclasses! VolumeAttributesClass vac',
    'csidrivers! CSIDriver',
    'csinodes! CSINode',
    'csistoragecapacities CSIStorageCapacity',
  ],
  'snapshot.storage.k8s.io': [
    'volumesnapshots VolumeSnapshot vs',
    'volumesnapshotclasses! VolumeSnapshotClass vsclass',
    'volumesnapshotcontents! VolumeSnapshotContent vsc',
  ],
  'admissionregistration.k8s.io': [
    'mutatingwebhookconfigurations! MutatingWebhookConfiguration',
    'validatingwebhookconfigurations! ValidatingWebhookConfiguration',
    'mutatingadmissionpolicies! MutatingAdmissionPolicy',
    'mutatingadmissionpolicybindings! MutatingAdmissionPolicyBinding',
    'validatingadmissionpolicies! ValidatingAdmissionPolicy',
    'validatingadmissionpolicybindings! ValidatingAdmissionPolicyBinding',
  ],
  'apiextensions.k8s.io': ['customresourcedefinitions! CustomResourceDefinition crd crds'],
  'apiregistration.k8s.io': ['apiservices! APIService'],
  'coordination.k8s.io': ['leases Lease', 'leasecandidates LeaseCandidate'],
  'discovery.k8s.io': ['endpointslices EndpointSlice'],
  'events.k8s.io': ['events Event ev'],
  'flowcontrol.apiserver.k8s.io': [
    'flowschemas! FlowSchema',
    'prioritylevelconfigurations! PriorityLevelConfiguration',
  ],
  'node.k8s.io': ['runtimeclasses! RuntimeClass'],
  'scheduling.k8s.io': ['priorityclasses! PriorityClass pc'],
  'resource.k8s.io': [
    'resourceclaims ResourceClaim',
    'resourceclaimtemplates ResourceClaimTemplate',
    'resourceslices! ResourceSlice',
    'deviceclasses! DeviceClass',
  ],
  'storagemigration.k8s.io': ['storageversionmigrations! StorageVersionMigration'],
  'metrics.k8s.io': ['pods PodMetrics', 'nodes! NodeMetrics'],
  'autoscaling.k8s.io': [
    'verticalpodautoscalers VerticalPodAutoscaler vpa',
    'verticalpodautoscalercheckpoints VerticalPodAutoscalerCheckpoint vpacheckpoint',
  ],
  'gateway.networking.k8s.io': [
    'gateways Gateway gtw',
    'gatewayclasses! GatewayClass gc',
    'httproutes HTTPRoute',
    'grpcroutes GRPCRoute',
    'tcproutes TCPRoute',
    'tlsroutes TLSRoute',
    'udproutes UDPRoute',
    'referencegrants ReferenceGrant refgrant',
    'backendtlspolicies BackendTLSPolicy btlspolicy',
  ],
  'k8s.cni.cncf.io': ['network-attachment-definitions NetworkAttachmentDefinition net-attach-def'],
  'wgpolicyk8s.io': ['policyreports PolicyReport polr', 'clusterpolicyreports! ClusterPolicyReport cpolr'],
  'argoproj.io': [
    'applications Application app apps',
    'applicationsets ApplicationSet appset appsets',
    'appprojects AppProject appproj appprojs',
    'rollouts Rollout ro',
    'analysisruns AnalysisRun ar',
    'analysistemplates AnalysisTemplate at',
    'experiments Experiment exp',
    'workflows Workflow wf',
    'workflowtemplates WorkflowTemplate wftmpl',
    'clusterworkflowtemplates! ClusterWorkflowTemplate cwft',
    'cronworkflows CronWorkflow cwf cronwf',
    'eventsources EventSource es',
    'sensors Sensor sn',
  ],
  'kustomize.toolkit.fluxcd.io': ['kustomizations Kustomization ks'],
  'helm.toolkit.fluxcd.io': ['helmreleases HelmRelease hr'],
  'source.toolkit.fluxcd.io': [
    'gitrepositories GitRepository gitrepo',
    'helmrepositories HelmRepository helmrepo',
    'helmcharts HelmChart hc',
    'ocirepositories OCIRepository ocirepo',
    'buckets Bucket',
  ],
  'image.toolkit.fluxcd.io': [
    'imagerepositories ImageRepository imgrepo',
    'imagepolicies ImagePolicy imgpol',
    'imageupdateautomations ImageUpdateAutomation iua',
  ],
  'notification.toolkit.fluxcd.io': ['alerts Alert', 'providers Provider', 'receivers Receiver'],
  'cert-manager.io': [
    'certificates Certificate cert certs',
    'certificaterequests CertificateRequest cr crs',
    'issuers Issuer',
    'clusterissuers! ClusterIssuer',
  ],
  'acme.cert-manager.io': ['orders Order', 'challenges Challenge'],
  'networking.istio.io': [
    'virtualservices VirtualService vs',
    'destinationrules DestinationRule dr',
    'gateways Gateway gw',
    'serviceentries ServiceEntry se',
    'sidecars Sidecar',
    'envoyfilters EnvoyFilter',
    'workloadentries WorkloadEntry we',
    'workloadgroups WorkloadGroup wg',
  ],
  'security.istio.io': [
    'authorizationpolicies AuthorizationPolicy ap',
    'peerauthentications PeerAuthentication pa',
    'requestauthentications RequestAuthentication ra',
  ],
  'telemetry.istio.io': ['telemetries Telemetry telemetry'],
  'monitoring.coreos.com': [
    'prometheuses Prometheus prom',
    'prometheusagents PrometheusAgent promagent',
    'prometheusrules PrometheusRule promrule',
    'servicemonitors ServiceMonitor smon',
    'podmonitors PodMonitor pmon',
    'probes Probe prb',
    'scrapeconfigs ScrapeConfig scfg',
    'alertmanagers Alertmanager am',
    'alertmanagerconfigs AlertmanagerConfig amcfg',
    'thanosrulers ThanosRuler ruler',
  ],
  'kyverno.io': [
    'policies Policy pol',
    'clusterpolicies! ClusterPolicy cpol',
    'policyexceptions PolicyException polex',
    'cleanuppolicies CleanupPolicy cleanpol',
    'clustercleanuppolicies! ClusterCleanupPolicy ccleanpol',
  ],
  'templates.gatekeeper.sh': ['constrainttemplates! ConstraintTemplate'],
  'external-secrets.io': [
    'externalsecrets ExternalSecret es',
    'secretstores SecretStore ss',
    'clustersecretstores! ClusterSecretStore css',
  ],
  'bitnami.com': ['sealedsecrets SealedSecret'],
  'serving.knative.dev': [
    'services Service ksvc',
    'routes Route rt',
    'configurations Configuration cfg',
    'revisions Revision rev',
  ],
  'keda.sh': [
    'scaledobjects ScaledObject so',
    'scaledjobs ScaledJob sj',
    'triggerauthentications TriggerAuthentication ta',
  ],
  'karpenter.sh': ['nodepools! NodePool', 'nodeclaims! NodeClaim'],
  'traefik.io': ['ingressroutes IngressRoute', 'middlewares Middleware'],
  'cilium.io': [
    'ciliumnetworkpolicies CiliumNetworkPolicy cnp',
    'ciliumclusterwidenetworkpolicies! CiliumClusterwideNetworkPolicy ccnp',
    'ciliumendpoints CiliumEndpoint cep',
  ],
  'velero.io': ['backups Backup', 'restores Restore', 'schedules Schedule'],
  'tekton.dev': ['pipelines Pipeline', 'pipelineruns PipelineRun pr', 'tasks Task', 'taskruns TaskRun tr'],
  'cluster.x-k8s.io': [
    'clusters Cluster cl',
    'machines Machine ma',
    'machinesets MachineSet ms',
    'machinedeployments MachineDeployment md',
  ],
  'operators.coreos.com': [
    'subscriptions Subscription sub subs',
    'clusterserviceversions ClusterServiceVersion csv csvs',
    'catalogsources CatalogSource catsrc',
    'installplans InstallPlan ip',
    'operatorgroups OperatorGroup og',
  ],
  'route.openshift.io': ['routes Route'],
  'apps.openshift.io': ['deploymentconfigs DeploymentConfig dc'],
  'build.openshift.io': ['builds Build', 'buildconfigs BuildConfig bc'],
  'image.openshift.io': ['imagestreams ImageStream is', 'imagestreamtags ImageStreamTag istag', 'images! Image'],
  'project.openshift.io': ['projects! Project', 'projectrequests! ProjectRequest'],
  'template.openshift.io': ['templates Template'],
  'user.openshift.io': ['users! User', 'groups! Group', 'identities! Identity'],
  'oauth.openshift.io': [
    'oauthclients! OAuthClient',
    'oauthaccesstokens! OAuthAccessToken',
    'oauthauthorizetokens! OAuthAuthorizeToken',
    'useroauthaccesstokens! UserOAuthAccessToken',
  ],
  'security.openshift.io': ['securitycontextconstraints! SecurityContextConstraints scc'],
  'config.openshift.io': ['clusterversions! ClusterVersion', 'clusteroperators! ClusterOperator co'],
  'machineconfiguration.openshift.io': [
    'machineconfigs! MachineConfig mc',
    'machineconfigpools! MachineConfigPool mcp',
  ],
}

export const knownResources: readonly KnownResource[] = Object.entries(rows).flatMap(([group, lines]) =>
  lines.map((line) => knownResource(group, line)),
)

function knownResource(group: string, line: string): KnownResource {
  const [plural = '', kind = '', ...short] = line.split(' ')
  const clusterScoped = plural.endsWith('!')
  return { group, resource: clusterScoped ? plural.slice(0, -1) : plural, kind, short, clusterScoped }
}
