// measureCosts: processor time that each question costs, of Node and of Postgres. It says the same on a machine that others
// keep busy, where latencies do not.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EmbeddedSystem } from '../../system.ts'
import { cpuUs, postgresCpuUs } from '../process-cost.ts'
import type { Asker } from './asker.ts'
import { drawQuestion, questions, type Question } from './questions.ts'
import type { Samples } from './samples.ts'

export interface QuestionCost {
  /** Milliseconds of one core, in the mean. */
  readonly nodeMs: number
  readonly postgresMs: number
}

export interface CostOptions {
  readonly ask: Asker
  readonly system: EmbeddedSystem
  readonly samples: Samples
  readonly endUs: number
  /** How often each is asked: the kernel counts in steps of 10 ms. */
  readonly askings: number
}

/** Enough of a slow one. */
const eachMsMax = 15_000

export async function measureCosts(options: CostOptions): Promise<ReadonlyMap<Question, QuestionCost>> {
  const { ask, system, samples, endUs, askings } = options
  const pidFile = readFileSync(join(system.dataFolder, 'postgres/data/postmaster.pid'), 'utf8')
  const postmasterPid = Number(pidFile.split('\n')[0])
  const costs = new Map<Question, QuestionCost>()
  for (const question of questions) {
    const before = [cpuUs(system.pid), postgresCpuUs(postmasterPid)] as const
    let asked = 0
    for (const from = performance.now(); asked < askings && performance.now() - from < eachMsMax; asked++)
      await ask(drawQuestion(question, samples, endUs).path)
    const each = (afterUs: number, beforeUs: number): number => (afterUs - beforeUs) / asked / 1_000
    costs.set(question, {
      nodeMs: each(cpuUs(system.pid), before[0]),
      postgresMs: each(postgresCpuUs(postmasterPid), before[1]),
    })
  }
  return costs
}
