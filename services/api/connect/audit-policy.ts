// auditPolicy: what an API server should record for Plaintrail, as an annotated audit.k8s.io/v1 Policy.
// How rules match: kubernetes/apiserver pkg/audit/policy/checker.go.

/** YAML for --audit-policy-file. The same for every cluster; needs Kubernetes 1.23 or later (omitManagedFields). */
export function auditPolicy(): string {
  return policy
}

/** Of rules 12 and 13, which differ only in how they name the caller. */
const reportedResources = `    resources:
      - group: ""
        resources:
          - "*/status"
          - endpoints
      - group: apps
        resources:
          - "*/status"
      - group: autoscaling
        resources:
          - "*/status"
      - group: batch
        resources:
          - "*/status"
      - group: discovery.k8s.io
        resources:
          - endpointslices
      - group: policy
        resources:
          - "*/status"`

const policy = `# Audit policy for Plaintrail, for the API server's flag --audit-policy-file. Save it as audit-policy.yaml.
#
# The first rule that matches a request decides, and no later one counts. What must be seen therefore stands above what
# is left out: keep that order when you add rules.
# users and userGroups are those of the real caller, also when he impersonates somebody else, so acting as a system
# component hides nothing.
apiVersion: audit.k8s.io/v1
kind: Policy

# RequestReceived says nothing that a later stage of the same request does not say again. The other stages stay: a
# failed authentication and a running exec have only ResponseStarted, and a crash of the handler has only Panic.
omitStages:
  - RequestReceived

# managedFields say which program set which field, and are often the only sign that tells a server-side apply from
# another patch. Bodies are recorded for writes alone, so they are kept; true makes events smaller and history vaguer.
omitManagedFields: false

rules:
  # 1. Commands in containers, tunnels into pods, and the proxies behind which a request is no longer seen: always, by
  # anybody, with any verb. kubectl 1.30 and later sends exec as a get, which no rule about reads may swallow. There is
  # no body to record: the command stands in the URI.
  - level: Metadata
    resources:
      - group: ""
        resources:
          - pods/exec
          - pods/attach
          - pods/portforward
          - pods/proxy
          - nodes/proxy
          - services/proxy

  # 2. What is a secret or often holds one: who touched which, by anybody, and never what is in it. A TokenReview's
  # request and a token's response hold bearer tokens.
  - level: Metadata
    resources:
      - group: ""
        resources:
          - secrets
          - configmaps
          - serviceaccounts/token
      - group: authentication.k8s.io
      - group: oauth.openshift.io

  # 3. Kubelets and add-ons ask "may this caller do that?" for every request that they serve themselves.
  - level: None
    userGroups:
      - system:nodes
      - system:serviceaccounts:kube-system
    verbs:
      - create
    resources:
      - group: authorization.k8s.io
        resources:
          - subjectaccessreviews

  # 4. The same question from anybody else, above all "what may I do?": often the first request with a stolen
  # credential. Nothing is changed by it, so its body is not worth its size.
  - level: Metadata
    resources:
      - group: authorization.k8s.io

  # 5. Events repeat what other requests did, and leases are heartbeats: most of the volume and nobody's decision.
  # Deleting them is not here, for that may be somebody who hides his tracks.
  - level: None
    verbs:
      - create
      - update
      - patch
      - get
      - list
      - watch
    resources:
      - group: ""
        resources:
          - events
      - group: events.k8s.io
      - group: coordination.k8s.io
        resources:
          - leases

  # 6. Their deletion: seen, without the list of everything that went.
  - level: Metadata
    resources:
      - group: ""
        resources:
          - events
      - group: events.k8s.io
      - group: coordination.k8s.io
        resources:
          - leases

  # 7. Health endpoints, which load balancers and kubelets ask every few seconds.
  - level: None
    nonResourceURLs:
      - /healthz
      - /healthz/*
      - /livez
      - /livez/*
      - /readyz
      - /readyz/*

  # 8. Metrics, version and the discovery that every client does before its first request. A failed authentication
  # belongs to no group, so this rule does not match it and rule 15 records it.
  - level: None
    userGroups:
      - system:authenticated
      - system:unauthenticated
    verbs:
      - get
    nonResourceURLs:
      - /metrics
      - /metrics/*
      - /version
      - /openapi/*
      - /api
      - /api/*
      - /apis
      - /apis/*

  # 9. What every kubelet reads all day to run its pods. Anything else read with a node's credential, such as roles or
  # deployments, is unusual and falls through to rule 15.
  - level: None
    userGroups:
      - system:nodes
    verbs:
      - get
      - list
      - watch
    resources:
      - group: ""
        resources:
          - nodes
          - pods
          - services
          - persistentvolumes
          - persistentvolumeclaims
      - group: node.k8s.io
        resources:
          - runtimeclasses
      - group: resource.k8s.io
        resources:
          - resourceclaims
          - resourceslices
      - group: storage.k8s.io
        resources:
          - csidrivers
          - csinodes
          - volumeattachments

  # 10. An API server looks for this PriorityClass once, when it starts, and never again: one event a start. It tells
  # that connections such as exec that were open then have ended, though no event says so.
  - level: Metadata
    users:
      - system:apiserver
    verbs:
      - get
    resources:
      - group: scheduling.k8s.io
        resources:
          - priorityclasses
        resourceNames:
          - system-node-critical

  # 11. The control plane reads and watches everything it looks after. These exact names only, for a policy has no
  # patterns; what they read of rules 1 and 2 is recorded there.
  - level: None
    users:
      - system:apiserver
      - system:kube-controller-manager
      - system:kube-scheduler
      - system:kube-proxy
      - system:serviceaccount:kube-system:generic-garbage-collector
      - system:serviceaccount:kube-system:horizontal-pod-autoscaler
      - system:serviceaccount:kube-system:kube-proxy
      - system:serviceaccount:kube-system:namespace-controller
      - system:serviceaccount:kube-system:resourcequota-controller
    verbs:
      - get
      - list
      - watch

  # 12. What kubelets and controllers report back: status, and the addresses behind a Service. That it was written is
  # kept, the body is not: it repeats the object many times an hour. By anybody else these are rule 14.
  - level: Metadata
    userGroups:
      - system:nodes
      - system:serviceaccounts:kube-system
    verbs:
      - create
      - update
      - patch
${reportedResources}

  # 13. The same by the components that have a name of their own instead of a service account.
  - level: Metadata
    users:
      - system:kube-controller-manager
      - system:kube-scheduler
    verbs:
      - create
      - update
      - patch
${reportedResources}

  # 14. Every other change, of built-in and custom resources alike, with both bodies: only the response shows the
  # object as it then was, and history is made of those.
  - level: RequestResponse
    verbs:
      - create
      - update
      - patch
      - delete
      - deletecollection

  # 15. Everything else: what people and applications read, failed authentications, unknown paths. Who, what and when,
  # and never a body. With no such rule at the end, what matched nothing would not be recorded at all.
  - level: Metadata
`
