// measureCold: after the whole system was stopped, the system's cache of Postgres' files dropped, and all started again,
// each question once. Each start begins with another one, so that every question is once the very first.

import { execFileSync } from 'node:child_process'
import { startSystem, type EmbeddedSystem } from '../../system.ts'
import { createAsker } from './asker.ts'
import { askEnvironment } from './ask-environment.ts'
import { drawQuestion, questions, type Question } from './questions.ts'
import type { Samples } from './samples.ts'

export interface ColdLatency {
  /** When it was the first question after a start: it opens connections and compiles code too. */
  readonly first: number
  readonly p50: number
  readonly most: number
}

export interface ColdOptions {
  /** Stopped when it returns. */
  readonly system: EmbeddedSystem
  readonly postgresFolder: string
  readonly samples: Samples
  readonly endUs: number
}

export async function measureCold(options: ColdOptions): Promise<ReadonlyMap<Question, ColdLatency>> {
  const times = new Map(questions.map((question): [Question, number[]] => [question, []]))
  const firsts = new Map<Question, number>()
  const { dataFolder } = options.system
  await options.system.stop()
  for (const begin of questions.keys()) {
    dropCache(options.postgresFolder)
    await using system = await startSystem({ dataFolder, env: askEnvironment })
    const ask = createAsker(system)
    for (const question of [...questions.slice(begin), ...questions.slice(0, begin)]) {
      const { ms } = await ask(drawQuestion(question, options.samples, options.endUs).path)
      times.get(question)?.push(ms)
      if (question === questions[begin]) firsts.set(question, ms)
    }
  }
  return new Map(
    [...times].map(([question, own]) => {
      const sorted = own.toSorted((a, b) => a - b)
      const first = firsts.get(question) ?? 0
      return [question, { first, p50: sorted[sorted.length >> 1] ?? 0, most: sorted.at(-1) ?? 0 }]
    }),
  )
}

/**
 * posix_fadvise(DONTNEED) on each file, by dd: that of these files alone, and nobody needs to be root. Pages that are not
 * written yet stay, but there are none: the stop before wrote a checkpoint.
 */
function dropCache(folder: string): void {
  execFileSync('find', [
    folder,
    '-type',
    'f',
    '-size',
    '+0',
    '-exec',
    'dd',
    'if={}',
    'iflag=nocache',
    'count=0',
    'status=none',
    ';',
  ])
}
