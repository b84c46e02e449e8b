// readKubeContext: which context of kubectl is the current one, and its namespace.
import { delimiter, join, resolve } from 'node:path'
import type { CliConfig } from '../config.ts'
import type { CliIo } from '../io.ts'
import { isObject, readYaml, textIn } from './read-yaml.ts'

export interface KubeContext {
  readonly name: string
  /** kubectl's own default is `default`. */
  readonly namespace: string
}

/** As kubectl puts several files together: of anything the first file that has it counts. Null where there is none. */
export async function readKubeContext(config: CliConfig, io: CliIo): Promise<KubeContext | null> {
  let current: string | null = null
  const namespaces = new Map<string, string>()
  for (const path of kubeconfigPaths(config, io)) {
    const value: unknown = (await readYaml(path, io))?.toJS()
    if (!isObject(value)) continue
    current ??= textIn(value, 'current-context')
    const contexts: unknown = value['contexts']
    for (const one of Array.isArray(contexts) ? contexts : []) {
      const name = isObject(one) ? textIn(one, 'name') : null
      if (!isObject(one) || name === null || namespaces.has(name)) continue
      const context = one['context']
      namespaces.set(name, (isObject(context) ? textIn(context, 'namespace') : null) ?? 'default')
    }
  }
  return current === null ? null : { name: current, namespace: namespaces.get(current) ?? 'default' }
}

function kubeconfigPaths({ kubeconfig, home }: CliConfig, io: CliIo): readonly string[] {
  if (kubeconfig !== null)
    return kubeconfig
      .split(delimiter)
      .filter((path) => path !== '')
      .map((path) => resolve(io.folder, path))
  return home === null ? [] : [join(home, '.kube', 'config')]
}
