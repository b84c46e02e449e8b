// Play the story into a running service: as real EventLists, over HTTP, into the real receiver; then ask the command line
// who changed the object at the heart of the incident.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { allSettings } from '../config.ts'
import type { Standalone } from '../standalone.ts'
import { incident, readStory, shiftTo } from './story.ts'

export const demoSettings = {
  ...allSettings,
  dataFolder: { ...allSettings.dataFolder, default: '.plaintrail-demo' },
  logLevel: { ...allSettings.logLevel, default: 'warn' },
} as const

export interface StoryStage {
  /** Handed on to the command line. */
  readonly env: Readonly<Record<string, string | undefined>>
  readonly say: (line: string) => void
}

/** What a second run must know to post the same bytes again, which then add nothing. */
interface Played {
  readonly token: string
  readonly shiftUs: number
}

const clusterName = 'demo'
const attemptsMax = 20
const visibleMsMax = 60_000
const marginMs = 120_000
const commandLine = fileURLToPath(new URL('../../cli/main.ts', import.meta.url))

export async function playStory(standalone: Standalone, stage: StoryStage): Promise<void> {
  const { token, shiftUs } = await readPlayed(standalone)
  let events = 0
  for await (const body of readStory(shiftUs)) {
    await post(standalone, token, body)
    events += body.split('"auditID":').length - 1
  }
  await untilVisible(standalone, events)
  stage.say(
    `  posted a week of cluster life: ${events.toLocaleString('en')} audit events (told in services/standalone/demo/README.md)`,
  )
  const question = ['who', `deployment/${incident.name}`, '-n', incident.namespace]
  stage.say('')
  stage.say('One evening the checkout of the shop broke. Who changed it?')
  stage.say(`$ npx plaintrail ${question.join(' ')}`)
  stage.say('')
  await ask(standalone, stage, question)
  stage.say('')
  stage.say('Ask on, in another terminal in this folder:')
  stage.say(`  npx plaintrail events --actor ${incident.actor} --since 30d`)
  stage.say(`  npx plaintrail events --ns ${incident.namespace} --class connect --since 30d`)
  stage.say(`  npx plaintrail events --kind secret --ns ${incident.namespace} --since 30d`)
  stage.say(`  npx plaintrail findings list --severity '>=high'`)
  stage.say(
    `Stop with Ctrl-C. The demo's data is in ${relative(process.cwd(), standalone.dataFolder) || '.'}; delete it when you are done.`,
  )
}

/** The story ends a few minutes before the first run; every later run keeps to that. */
async function readPlayed(standalone: Standalone): Promise<Played> {
  const path = join(standalone.dataFolder, 'demo.json')
  const before = await readFile(path, 'utf8').catch(() => null)
  if (before !== null) return parsePlayed(before, path)
  const response = await fetch(`${standalone.url}/v1/clusters`, {
    method: 'POST',
    headers: { authorization: `Bearer ${standalone.adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name: clusterName }),
  })
  if (response.status !== 201)
    throw new Error(`could not add the demo cluster: delete ${standalone.dataFolder} and run it again`)
  const { ingest } = (await response.json()) as { ingest: { token: string } }
  const played = { token: ingest.token, shiftUs: shiftTo(Date.now() - marginMs) }
  await writeFile(path, JSON.stringify(played), { mode: 0o600 })
  return played
}

function parsePlayed(text: string, path: string): Played {
  const value: unknown = JSON.parse(text)
  if (typeof value === 'object' && value !== null && 'token' in value && 'shiftUs' in value) {
    if (typeof value.token === 'string' && typeof value.shiftUs === 'number')
      return { token: value.token, shiftUs: value.shiftUs }
  }
  throw new Error(`could not read ${path}: delete the demo's data folder and run it again`)
}

async function post(standalone: Standalone, token: string, body: string): Promise<void> {
  for (let attempt = 1; attempt <= attemptsMax; attempt++) {
    const response = await fetch(`${standalone.url}/v1/ingest/k8s/${clusterName}?timeout=30s`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body,
    })
    await response.arrayBuffer()
    if (response.status === 200) return
    if (response.status !== 503) throw new Error(`could not post the story: the receiver answered ${response.status}`)
    await sleep(Number(response.headers.get('retry-after') ?? 1) * 1_000)
  }
  throw new Error(`could not post the story: the receiver was busy ${attemptsMax} times`)
}

async function untilVisible(standalone: Standalone, events: number): Promise<void> {
  const deadline = Date.now() + visibleMsMax
  const stored = async (): Promise<number> => {
    const response = await fetch(`${standalone.url}/v1/clusters`, {
      headers: { authorization: `Bearer ${standalone.adminToken}` },
    })
    const { data } = (await response.json()) as { data: { name: string; events: number }[] }
    return data.find(({ name }) => name === clusterName)?.events ?? 0
  }
  while ((await stored()) < events && Date.now() < deadline) await sleep(50)
}

/** The real command line, as a user would run it. */
async function ask(standalone: Standalone, stage: StoryStage, question: readonly string[]): Promise<void> {
  const command = spawn(process.execPath, [commandLine, ...question], {
    env: { ...stage.env, PLAINTRAIL_SERVER: standalone.url, PLAINTRAIL_TOKEN: standalone.adminToken },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  await once(command, 'exit')
}
