// What must hold for docker-compose.yml, as functions over the parsed file: each returns what breaks it.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { apiProcessSettings } from '@plaintrail/api/config'
import { jobrunnerProcessSettings } from '@plaintrail/jobrunner/config'
import { migrateSettings } from '@plaintrail/migrate/config'
import { passwordsSettings } from '@plaintrail/passwords/config'
import { receiverProcessSettings } from '@plaintrail/receiver/config'
import { readConfig, type SettingsTable } from '@plaintrail/runtime/config'
import { processSettings } from '@plaintrail/runtime/run-process'
import { workerProcessSettings } from '@plaintrail/worker/config'
import { root } from './dockerfile.ts'

export interface ComposeService {
  image: string
  build?: string
  command?: string[]
  user: string
  read_only?: boolean
  init?: boolean
  privileged?: boolean
  cap_drop?: string[]
  cap_add?: string[]
  security_opt?: string[]
  restart?: string
  environment?: Record<string, string>
  volumes?: string[]
  tmpfs?: string[]
  ports?: string[]
  networks?: string[]
  network_mode?: string
  depends_on?: Record<string, { condition: string }>
  healthcheck?: { test?: string[]; disable?: boolean }
  stop_grace_period?: string
  logging?: { options?: Record<string, string> }
  deploy?: { resources?: { limits?: Record<string, string | number> } }
}

export interface ComposeFile {
  services: Record<string, ComposeService>
  volumes: Record<string, unknown>
  networks: Record<string, { internal?: boolean }>
}

export type ComposeRule = (compose: ComposeFile) => readonly string[]

/** By the file that the command runs. */
const settingsOf: Readonly<Record<string, SettingsTable>> = {
  'services/passwords/main.ts': passwordsSettings,
  'services/migrate/main.ts': migrateSettings,
  'services/receiver/main.ts': { ...processSettings, ...receiverProcessSettings },
  'services/worker/main.ts': { ...processSettings, ...workerProcessSettings },
  'services/api/main.ts': { ...processSettings, ...apiProcessSettings },
  'services/jobrunner/main.ts': { ...processSettings, ...jobrunnerProcessSettings },
}

/** All that may be reached from outside this machine's containers. */
const published: Readonly<Record<string, readonly string[]>> = {
  receiver: ['7718:7718'],
  api: ['127.0.0.1:7717:7717'],
}

/** Where what must outlive a container is written. */
const kept: Readonly<Record<string, string>> = {
  passwords: 'passwords:/run/plaintrail',
  migrate: 'secrets:/var/lib/plaintrail/secrets',
  receiver: 'spool:/var/lib/plaintrail/spool',
  kafka: 'kafka:/var/lib/kafka/data',
  redis: 'redis:/data',
  postgres: 'postgres:/var/lib/postgresql',
}

/** The stop bounds of our own processes add up to no more: 10 s for requests or jobs, twice 5 s for Kafka, and Postgres. */
const stopSecondsMin = 30

export const composeRules = {
  'an image is named with its version': each((service) =>
    /^[a-z0-9./-]+:\d+\.\d+(\.\d+)?(-[a-z0-9.]+)?$/.test(service.image) ? [] : [service.image],
  ),
  'nothing runs as root, and nothing may become it': each((service) => [
    ...(/^[1-9]\d*:[1-9]\d*$/.test(service.user ?? '') ? [] : [`user ${service.user}`]),
    ...(service.cap_drop?.includes('ALL') === true && service.cap_add === undefined ? [] : ['capabilities']),
    ...(service.security_opt?.includes('no-new-privileges:true') === true ? [] : ['new privileges']),
    ...(service.privileged === true ? ['privileged'] : []),
  ]),
  'a root file system is read-only, with a /tmp of its own': each((service) => [
    ...(service.read_only === true ? [] : ['writable']),
    ...(service.tmpfs?.some((mount) => /^\/tmp(:|$)/.test(mount)) === true ? [] : ['no /tmp']),
  ]),
  'processors, memory and processes are limited': each(({ deploy }) =>
    ['cpus', 'memory', 'pids'].filter((limit) => deploy?.resources?.limits?.[limit] === undefined),
  ),
  'who does not end says whether it is well': each((service) => {
    if (isOneShot(service)) return []
    const isTold = isOurs(service) || (service.healthcheck?.test?.length ?? 0) > 1
    return isTold && service.healthcheck !== undefined && service.healthcheck.disable !== true
      ? []
      : ['no health check']
  }),
  'a restart is decided, a stop has time, and signals arrive': each((service) => [
    ...(['no', 'unless-stopped'].includes(service.restart ?? '') ? [] : [`restart ${service.restart}`]),
    ...(seconds(service.stop_grace_period) >= stopSecondsMin ? [] : [`stops in ${service.stop_grace_period}`]),
    ...(service.init === true ? [] : ['no init']),
  ]),
  'logs are bounded': each(({ logging }) =>
    ['max-size', 'max-file'].filter((option) => logging?.options?.[option] === undefined),
  ),
  'no password and no token stands in the file': each(({ environment = {}, command = [] }) => [
    ...Object.entries(environment)
      .filter(([name, value]) => isSecretName(name) && !value.startsWith('/'))
      .map(([name]) => name),
    ...[...Object.values(environment), ...command].filter((text) => /:\/\/[^/@\s]*:[^/@\s]+@/.test(text)),
    ...command.filter((text) => /requirepass (?!\$\$\(cat )/.test(text)),
  ]),
  'the settings are those of the role, and it takes them': each((service) => {
    const table = settingsOf[service.command?.[0] ?? '']
    if (!isOurs(service)) return []
    return table === undefined ? ['no table of settings'] : settingsFaults(table, service.environment ?? {})
  }),
  'a command of ours is a file that is there': each((service) => {
    if (!isOurs(service)) return []
    const file = service.command?.[0] ?? ''
    return service.command?.length === 1 && existsSync(join(root, file)) ? [] : [`command ${file}`]
  }),
  'one port is open to all, one to this machine, and no other': each((service, name) => [
    ...(String(service.ports ?? []) === String(published[name] ?? []) ? [] : [`ports ${String(service.ports)}`]),
    ...(service.network_mode === undefined || service.network_mode === 'none' ? [] : [service.network_mode]),
  ]),
  'only who publishes a port leaves the network at the back': (compose) => [
    ...(compose.networks['backend']?.internal === true ? [] : ['backend: not internal']),
    ...each((service, name) => {
      if (service.network_mode === 'none') return []
      const wanted = published[name] === undefined ? ['backend'] : ['backend', 'edge']
      return String(service.networks) === String(wanted) ? [] : [`networks ${String(service.networks)}`]
    })(compose),
  ],
  'a volume is declared and used, and no folder of the host is mounted': (compose) => {
    const used = new Set(Object.values(compose.services).flatMap(({ volumes = [] }) => volumes.map(volumeName)))
    const declared = Object.keys(compose.volumes)
    return [
      ...[...used].filter((name) => !declared.includes(name)).map((name) => `volume ${name}: not declared`),
      ...declared.filter((name) => !used.has(name)).map((name) => `volume ${name}: not used`),
    ]
  },
  'what must outlive a container lies on a volume, which nobody else may write': (compose) => [
    ...each(({ volumes = [] }, name) => {
      const wanted = kept[name]
      const stray = volumes.filter((mount) => mount !== wanted && !mount.endsWith(':ro'))
      const missing = wanted !== undefined && !volumes.includes(wanted) ? [`${wanted} is missing`] : []
      return [...missing, ...stray.map((mount) => `${mount} is writable`)]
    })(compose),
  ],
  'each waits for what it needs: for the end of a one-shot, for the health of the others': (compose) =>
    each(({ depends_on: dependsOn = {}, volumes = [] }, name) => [
      ...Object.entries(dependsOn).flatMap(([target, { condition }]) => {
        const service = compose.services[target]
        if (service === undefined) return [`waits for ${target}, which there is not`]
        const wanted = isOneShot(service) ? 'service_completed_successfully' : 'service_healthy'
        return condition === wanted ? [] : [`waits for ${target} until ${condition}`]
      }),
      ...volumes
        .map(volumeName)
        .filter((volume) => volume === 'passwords' && name !== 'passwords' && !('passwords' in dependsOn))
        .map(() => 'does not wait for its password'),
    ])(compose),
} as const satisfies Readonly<Record<string, ComposeRule>>

function each(judge: (service: ComposeService, name: string) => readonly string[]): ComposeRule {
  return ({ services }) =>
    Object.entries(services).flatMap(([name, service]) => judge(service, name).map((fault) => `${name}: ${fault}`))
}

function isOurs({ image }: ComposeService): boolean {
  return image.startsWith('plaintrail:')
}

function isOneShot({ restart }: ComposeService): boolean {
  return restart === 'no'
}

function isSecretName(name: string): boolean {
  return /(PASSWORD|TOKEN|SECRET|CREDENTIAL|_KEY)S?$/.test(name)
}

function volumeName(mount: string): string {
  return mount.split(':')[0] ?? ''
}

function seconds(period = '0s'): number {
  const [, digits = '0', unit = ''] = /^(\d+)(s|m)$/.exec(period) ?? []
  return Number(digits) * (unit === 'm' ? 60 : 1)
}

const readByNode = 'NODE_OPTIONS'

/** Names that the role does not know, secrets that are not files, and whatever the role itself would complain about. */
function settingsFaults(table: SettingsTable, environment: Readonly<Record<string, string>>): readonly string[] {
  const settings = Object.values(table)
  const names = settings.flatMap(({ env, secret }) => (secret === true ? [`${env}_FILE`] : [env]))
  const given = Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, defaultOf(value)]))
  const unknown = Object.keys(given)
    .filter((name) => !names.includes(name) && name !== readByNode)
    .map((name) => `does not know ${name}`)
  try {
    // The only secrets are URLs, and what is in them is not judged here.
    readConfig(table, given, () => 'scheme://host')
    return unknown
  } catch (error) {
    return [...unknown, error instanceof Error ? error.message : String(error)]
  }
}

/** `${NAME:-value}` as it is with no environment. */
function defaultOf(value: string): string {
  return value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1')
}
