// npm run lab:record: plays the week against each version of Kubernetes and keeps what its API server posted as test/corpus.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { constants, gzipSync } from 'node:zlib'
import { corpusFolder } from '../corpus.ts'
import { postList, startSystem, untilDrained } from '../system.ts'
import { checkAnswers } from './answers.ts'
import { labCertificates } from './certificates.ts'
import { startControlPlane } from './control-plane.ts'
import { play, type PlayedStep } from './play.ts'
import { startRecorder } from './recorder.ts'
import { reportOf } from './report.ts'
import { labTools, labVersions, type LabTools, type LabVersion } from './tools.ts'
import { whoOf } from './who.ts'
import { week } from './week/week.ts'

interface Recording {
  /** Bodies as posted. */
  readonly lists: readonly string[]
  readonly steps: readonly PlayedStep[]
}

/** The webhook posts after one second at most, and again after one where it was refused. */
const quietMs = 4_000
const progress = (line: string): void => void process.stderr.write(`${line}\n`)

for (const version of wantedVersions(process.argv.slice(2))) {
  const tools = await labTools(version, {
    folder: process.env['PLAINTRAIL_LAB_BIN'],
    cache: process.env['PLAINTRAIL_LAB_CACHE'],
    progress,
  })
  progress(`recording the week on Kubernetes ${tools.version}`)
  const recording = await record(tools)
  const folder = await keep(tools.version, recording)
  const report = await ask(tools.version, recording)
  await writeFile(join(folder, 'answers.md'), report.text)
  progress(`${folder}: ${recording.lists.length} lists; ${report.wrong} answers are wrong, see answers.md`)
  if (report.wrong > 0) process.exitCode = 1
}

function wantedVersions(asked: readonly string[]): readonly LabVersion[] {
  const unknown = asked.find((version) => !labVersions.some((known) => known === version))
  if (unknown !== undefined) throw new Error(`could not record ${unknown}: there are ${labVersions.join(' and ')}`)
  return asked.length === 0 ? labVersions : labVersions.filter((version) => asked.includes(version))
}

async function record(tools: LabTools): Promise<Recording> {
  const folder = await mkdtemp(join(tmpdir(), 'plaintrail-lab-'))
  try {
    await using recorder = await startRecorder({ certificates: await labCertificates(join(folder, 'recorder')) })
    await using plane = await startControlPlane({
      tools,
      folder: join(folder, 'plane'),
      webhookKubeconfig: recorder.kubeconfig,
      // A batch that cannot be encoded is tried five times; with the default the week would wait for that.
      flags: ['--audit-webhook-initial-backoff=100ms'],
    })
    const steps = await play({ plane, steps: week, progress })
    await sleep(quietMs)
    return { lists: recorder.posts.map(({ body }) => body.toString()), steps }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function keep(version: string, { lists, steps }: Recording): Promise<string> {
  const folder = join(corpusFolder, version)
  await mkdir(folder, { recursive: true })
  const lines = lists.map((list) => (list.endsWith('\n') ? list : `${list}\n`)).join('')
  await writeFile(join(folder, 'week.jsonl.gz'), gzipSync(lines, { level: constants.Z_BEST_COMPRESSION }))
  await writeFile(join(folder, 'steps.json'), `${JSON.stringify(steps, null, 1)}\n`)
  return folder
}

/** What Plaintrail answers about it, once for all to see. */
async function ask(version: string, { lists, steps }: Recording): Promise<{ text: string; wrong: number }> {
  await using system = await startSystem()
  const cluster = await system.addCluster('lab')
  for (const list of lists) {
    const { status } = await postList(system, cluster, list)
    if (status !== 200) throw new Error(`could not post what was recorded: ${status}`)
  }
  await sleep(quietMs)
  await untilDrained(system)
  const checked = await checkAnswers({ get: system.get, who: whoOf(system, 'lab'), cluster: 'lab', steps })
  const wrong = checked.deeds.filter((deed) => deed.wrong.length > 0).length + checked.unexplained.length
  return { text: reportOf(version, checked), wrong }
}
