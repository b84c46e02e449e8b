import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { clientOf } from './client.ts'

test.each([
  ['kubectl/v1.33.3 (linux/amd64) kubernetes/80779bd', 'kubectl', '1.33.3'],
  ['kubectl/v1.29.0-eks-abc (darwin/arm64) kubernetes/7f6f68f', 'kubectl', '1.29.0-eks-abc'],
  ['kubectl.exe/v1.27.2 (windows/amd64) kubernetes/7f6f68f', 'kubectl', '1.27.2'],
  ['kubectl-argo-rollouts/v1.7.2 (linux/amd64) kubernetes/$Format', 'kubectl-argo-rollouts', '1.7.2'],
  ['oc/4.12.0 (linux/amd64) kubernetes/31aa3e8', 'oc', '4.12.0'],
  ['k9s/v0.32.5 (darwin/arm64) kubernetes/abcdef0', 'k9s', '0.32.5'],
  ['Helm/3.16.2', 'helm', '3.16.2'],
  ['argocd-application-controller/v0.0.0 (linux/amd64) kubernetes/$Format', 'argocd', '0.0.0'],
  ['argocd-server/v2.12.0 (linux/amd64) kubernetes/$Format', 'argocd', '2.12.0'],
  ['kustomize-controller/v1.4.0 (linux/amd64) kubernetes/$Format', 'kustomize-controller', '1.4.0'],
  ['HashiCorp/1.0 Terraform/1.9.5', 'terraform', '1.9.5'],
  ['HashiCorp/1.0', 'hashicorp', null],
  [
    'kube-controller-manager/v1.30.0 (linux/amd64) kubernetes/059c666/system:serviceaccount:kube-system:job-controller',
    'kube-controller-manager',
    '1.30.0',
  ],
  ['kube-scheduler/v1.25.8+27e744f (linux/amd64) kubernetes/df8a1b9/scheduler', 'kube-scheduler', '1.25.8+27e744f'],
  ['kubelet/v1.25.8 (linux/amd64) kubernetes/df8a1b9', 'kubelet', '1.25.8'],
  ['kube-apiserver/v1.25.8 (linux/amd64) kubernetes/df8a1b9', 'kube-apiserver', '1.25.8'],
  ['my-operator/v0.0.0 (linux/amd64) kubernetes/$Format/leader-election', 'my-operator', '0.0.0'],
  ['curl/8.5.0', 'curl', '8.5.0'],
  ['Go-http-client/2.0', 'go-http-client', '2.0'],
  ['Prometheus/2.52.0', 'prometheus', '2.52.0'],
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36', 'browser', null],
  ['Mozilla/5.0 (Macintosh) AppleWebKit/537.36 Lens/2024.9.3 Chrome/124 Electron/30', 'lens', '2024.9.3'],
  ['OpenAPI-Generator/29.0.0/python', 'kubernetes-client-python', '29.0.0'],
  ['Swagger-Codegen/12.0.1/python', 'kubernetes-client-python', '12.0.1'],
  ['OpenAPI-Generator/1.0', 'kubernetes-client', '1.0'],
  ['v2.6.0', 'v2.6.0', null],
  ['some program', 'some', null],
  ['x/', 'x', null],
  ['/1.0', null, '1.0'],
  ['', null, null],
])('%s is %s %s', (userAgent, name, version) => {
  expect(clientOf(userAgent)).toEqual({ userAgent, name, version })
})

test('a character that grows in small letters does not shift the version', () => {
  expect(clientOf('İİ/v1.2 x')).toMatchObject({ version: '1.2' })
})

test('name and version are bounded and never cut a character in two', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 1100 }), (userAgent) => {
      const { name, version } = clientOf(`${userAgent}/${userAgent}`)
      expect((name ?? '').length).toBeLessThanOrEqual(128)
      expect((version ?? '').length).toBeLessThanOrEqual(64)
      expect((name ?? '').isWellFormed() && (version ?? '').isWellFormed()).toBe(true)
    }),
  )
})
