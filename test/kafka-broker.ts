// A real Kafka broker of one node: the jars come from Maven Central once, and this machine's Java runs them.

import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { freePorts } from './free-ports.ts'

export interface KafkaBroker extends AsyncDisposable {
  /** Of the listener without any security. */
  readonly brokers: readonly string[]
  /** Of the listener that asks who comes; empty where `users` was not given. */
  readonly saslBrokers: readonly string[]
  /** Of the listener with TLS; empty where `certificate` was not given. */
  readonly tlsBrokers: readonly string[]
  readonly pid: number
  /** SIGKILL. */
  kill(): Promise<void>
  /** SIGTERM, and SIGKILL when that is not enough. */
  stop(): Promise<void>
  /** Again, on the same ports and data. */
  start(): Promise<void>
}

export interface KafkaBrokerOptions {
  /** Where its data is kept after it; without it, they are removed with the broker. */
  readonly folder?: string
  readonly port?: number
  /** Who may come, by PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512: password by name. */
  readonly users?: Readonly<Record<string, string>>
  /** In PEM, for 127.0.0.1. */
  readonly certificate?: { readonly cert: string; readonly key: string }
  /** Lines of server.properties. */
  readonly settings?: Readonly<Record<string, string>>
}

const kafkaVersion = '4.3.1'
/** The binding of slf4j is part of Kafka's distribution and of none of its jars. */
const bindingVersion = '1.7.36'
const cache = join(import.meta.dirname, `../node_modules/.cache/plaintrail/kafka-${kafkaVersion}`)
const readyMsMax = 60_000
const stopMsMax = 10_000
const outputCharactersMax = 20_000
const run = promisify(execFile)
/** One node for a short time: C1 alone and the serial collector start in half the time. */
const javaOptions = [
  '-Xmx512m',
  '-XX:+UseSerialGC',
  '-XX:TieredStopAtLevel=1',
  '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn',
]

export async function startKafkaBroker(options: KafkaBrokerOptions = {}): Promise<KafkaBroker> {
  const jars = join(await kafkaJars(), '*')
  const folder = options.folder ?? (await mkdtemp(join(tmpdir(), 'plaintrail-kafka-')))
  const [free = 0, sasl = 0, tls = 0, controller = 0] = await freePorts(4)
  const port = options.port ?? free
  const properties = join(folder, 'server.properties')
  await mkdir(folder, { recursive: true })
  await writeFile(properties, serverProperties(options, folder, { port, sasl, tls, controller }))
  await format(jars, properties, options)

  let child: ChildProcess
  const start = async (): Promise<void> => {
    child = spawn('java', [...javaOptions, '-cp', jars, 'kafka.Kafka', properties], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const keep = (chunk: Buffer): void => void (output = (output + chunk.toString()).slice(-outputCharactersMax))
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    await untilAnswers(port, child, () => output)
  }
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    // A broker that is still starting, or that waits for its controller, does not hear SIGTERM.
    const timer = setTimeout(() => child.kill('SIGKILL'), stopMsMax)
    await gone
    clearTimeout(timer)
  }
  await start()
  return {
    brokers: [`127.0.0.1:${port}`],
    saslBrokers: options.users === undefined ? [] : [`127.0.0.1:${sasl}`],
    tlsBrokers: options.certificate === undefined ? [] : [`127.0.0.1:${tls}`],
    get pid() {
      return child.pid ?? 0
    },
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
    start,
    async [Symbol.asyncDispose]() {
      await end('SIGKILL')
      if (options.folder === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The folder of the jars, which are fetched where they are not there yet. Throws where Java or Maven is missing. */
export async function kafkaJars(): Promise<string> {
  await run('java', ['-version'])
  if (existsSync(cache)) return cache
  await mkdir(join(cache, '..'), { recursive: true })
  // Made elsewhere and then renamed: another run may do the same, and a broken download is no cache.
  const folder = await mkdtemp(`${cache}-`)
  try {
    await writeFile(join(folder, 'pom.xml'), projectFile())
    const goals = ['dependency:copy-dependencies', '-DoutputDirectory=jars', '-DincludeScope=runtime']
    await run('mvn', ['-B', '-q', ...goals], { cwd: folder })
    await rename(join(folder, 'jars'), cache).catch((error: unknown) => {
      if (!existsSync(cache)) throw error
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  return cache
}

function projectFile(): string {
  const dependency = (group: string, artifact: string, version: string): string =>
    `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>plaintrail</groupId><artifactId>kafka-for-tests</artifactId><version>1</version>
  <dependencies>
    ${dependency('org.apache.kafka', 'kafka_2.13', kafkaVersion)}
    ${dependency('org.slf4j', 'slf4j-simple', bindingVersion)}
  </dependencies>
</project>`
}

interface Ports {
  readonly port: number
  readonly sasl: number
  readonly tls: number
  readonly controller: number
}

function serverProperties({ users, certificate, settings }: KafkaBrokerOptions, folder: string, ports: Ports): string {
  const listeners = [
    `PLAINTEXT://127.0.0.1:${ports.port}`,
    ...(users === undefined ? [] : [`SASL_PLAINTEXT://127.0.0.1:${ports.sasl}`]),
    ...(certificate === undefined ? [] : [`SSL://127.0.0.1:${ports.tls}`]),
  ]
  const all: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    listeners: [...listeners, `CONTROLLER://127.0.0.1:${ports.controller}`].join(','),
    'advertised.listeners': listeners.join(','),
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_PLAINTEXT:SASL_PLAINTEXT,SSL:SSL',
    'log.dirs': join(folder, 'data'),
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '1',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'group.initial.rebalance.delay.ms': '0',
    // So that a test of a frozen member takes seconds.
    'group.min.session.timeout.ms': '1000',
    'auto.create.topics.enable': 'false',
    // A node that was killed is taken back when its old session has ended.
    'broker.session.timeout.ms': '3000',
    'broker.heartbeat.interval.ms': '500',
    ...(users === undefined ? {} : saslProperties(users)),
    ...(certificate === undefined ? {} : tlsProperties(certificate)),
    ...settings,
  }
  return Object.entries(all)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('')
}

function saslProperties(users: Readonly<Record<string, string>>): Record<string, string> {
  const module = (name: string): string => `org.apache.kafka.common.security.${name}`
  const plain = Object.entries(users).map(([name, password]) => `user_${name}="${password}"`)
  const prefix = 'listener.name.sasl_plaintext'
  const scram = `${module('scram.ScramLoginModule')} required;`
  return {
    'sasl.enabled.mechanisms': 'PLAIN,SCRAM-SHA-256,SCRAM-SHA-512',
    [`${prefix}.plain.sasl.jaas.config`]: `${module('plain.PlainLoginModule')} required ${plain.join(' ')};`,
    [`${prefix}.scram-sha-256.sasl.jaas.config`]: scram,
    [`${prefix}.scram-sha-512.sasl.jaas.config`]: scram,
  }
}

function tlsProperties({ cert, key }: { readonly cert: string; readonly key: string }): Record<string, string> {
  const line = (pem: string): string => pem.trim().replaceAll('\n', String.raw`\n`)
  return {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.certificate.chain': line(cert),
    'ssl.keystore.key': line(key),
  }
}

/** Does nothing to data that are there. */
async function format(jars: string, properties: string, { users = {} }: KafkaBrokerOptions): Promise<void> {
  const scram = Object.entries(users).flatMap(([name, password]) =>
    ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
      '--add-scram',
      `${mechanism}=[name=${name},password=${password}]`,
    ]),
  )
  const id = Buffer.from('plaintrail-tests').toString('base64url')
  const args = ['format', '-t', id, '-c', properties, '--ignore-formatted', ...scram]
  await run('java', [...javaOptions, '-cp', jars, 'kafka.tools.StorageTool', ...args])
}

async function untilAnswers(port: number, child: ChildProcess, output: () => string): Promise<void> {
  const deadline = Date.now() + readyMsMax
  while (Date.now() < deadline && child.exitCode === null && child.signalCode === null) {
    if (await answers(port)) return
    await sleep(100)
  }
  child.kill('SIGKILL')
  throw new Error(`could not start Kafka on port ${port}:\n${output()}`)
}

/** Asks which requests the broker knows (ApiVersions 0), with correlation 1 and no client id. */
const question = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff])

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    socket.setTimeout(2_000, () => socket.destroy(new Error('the broker does not answer')))
    socket.write(question)
    await once(socket, 'data')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
