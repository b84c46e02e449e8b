// npm run bench: how fast, how large, how quick to answer; every figure beside its floor from the same run. `npm run bench
// ask` is the questions alone, over more events; `npm run bench history` is what revisions cost a worker, `npm run bench rules` what rules cost,
// `npm run bench backtest` how long it takes to try one.

import { benchAsk } from './ask/bench-ask.ts'
import { benchHistoryInThread } from './history/bench-thread.ts'
import { benchBlame } from './blame.ts'
import { benchBacktest } from './rules/bench-backtest.ts'
import { benchJudgingWorker } from './rules/bench-judging-worker.ts'
import { benchRules } from './rules/bench-rules.ts'
import { runBench } from './run-bench.ts'

const [name = 'all', ...more] = process.argv.slice(2)
const events = process.env['PLAINTRAIL_BENCH_EVENTS']

if (name === 'ask' && more.length === 0) {
  await benchAsk({ events: Number(events ?? 1_000_000), rounds: 300, isCold: true })
} else if (name === 'backtest' && more.length === 0) {
  await benchBacktest({
    events: Number(events ?? 1_000_000),
    dataFolder: process.env['PLAINTRAIL_BENCH_FOLDER'] ?? null,
    postedEvents: Number(process.env['PLAINTRAIL_BENCH_POSTED_EVENTS'] ?? 100_000),
  })
} else if (name === 'blame' && more.length === 0) {
  await benchBlame({ revisions: Number(events ?? 10_000), rounds: 1_000 })
} else if (name === 'history' && more.length === 0) {
  await benchHistoryInThread({ copies: Number(process.env['PLAINTRAIL_BENCH_COPIES'] ?? 6), rounds: 3 })
} else if (name === 'rules' && more.length === 0) {
  benchRules({ rounds: 5 })
  await benchJudgingWorker({ copies: Number(process.env['PLAINTRAIL_BENCH_COPIES'] ?? 4), rounds: 3 })
} else if (name === 'all' && more.length === 0) {
  await runBench({
    events: Number(events ?? 400_000),
    pagedEvents: Number(process.env['PLAINTRAIL_BENCH_PAGED_EVENTS'] ?? 1_000_000),
    pacedSeconds: Number(process.env['PLAINTRAIL_BENCH_PACED_SECONDS'] ?? 20),
  })
  await benchAsk({ events: 100_000, rounds: 100, isCold: false })
} else {
  console.error(
    'could not run that bench: say `npm run bench`, `npm run bench ask`, `backtest`, `blame`, `history` or `rules`',
  )
  process.exitCode = 2
}
