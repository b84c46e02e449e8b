// How soon the command line is there: as its package is installed, and from the sources of a clone, beside Node alone.

import { spawnSync } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildCli } from '@plaintrail/cli/build'
import { percentile, row } from './report.ts'

const runs = 21
/** All of a command but the answer: it is read, the server is looked for, and the request is made. */
const command = ['events', 'is:write', '--since', '1h', '--curl']
const sources = join(import.meta.dirname, '../../services/cli/main.ts')

export async function benchStartUp(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'plaintrail-start-up-'))
  try {
    const bundle = join(await buildCli(join(folder, 'dist')), 'plaintrail.mjs')
    const programs = [
      ['-e', '0'],
      [bundle, '--version'],
      [bundle, ...command],
      [sources, ...command],
    ]
    const [node = 0, version = 0, packed = 0, cloned = 0] = medianMs(programs, folder)
    const beside = (ms: number): string => `${(ms / node).toFixed(1)} times node -e 0 (${node.toFixed(0)} ms)`
    row('CLI start-up: --version', `${version.toFixed(0)} ms`, beside(version))
    row('CLI start-up: events', `${packed.toFixed(0)} ms`, beside(packed))
    row('CLI start-up: events, from sources', `${cloned.toFixed(0)} ms`, beside(cloned))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** In turn, so that whatever else the machine does is the same for all; the first round is not counted. */
function medianMs(programs: readonly (readonly string[])[], folder: string): readonly number[] {
  const spentMs: number[][] = programs.map(() => [])
  for (let round = 0; round <= runs; round++) {
    for (const [index, args] of programs.entries()) {
      const from = performance.now()
      const { status } = spawnSync(process.execPath, [...args], { cwd: folder, env: { HOME: folder }, stdio: 'ignore' })
      if (status !== 0) throw new Error(`could not run ${args.join(' ')}: it ended with ${status}`)
      if (round > 0) spentMs[index]?.push(performance.now() - from)
    }
  }
  return spentMs.map((all) =>
    percentile(
      all.toSorted((a, b) => a - b),
      0.5,
    ),
  )
}
