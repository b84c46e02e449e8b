// npm run bench: how fast, how large, how quick to answer; every figure beside its floor from the same run.

import { runBench } from './run-bench.ts'

await runBench({
  events: Number(process.env['PLAINTRAIL_BENCH_EVENTS'] ?? 400_000),
  pagedEvents: Number(process.env['PLAINTRAIL_BENCH_PAGED_EVENTS'] ?? 1_000_000),
  pacedSeconds: Number(process.env['PLAINTRAIL_BENCH_PACED_SECONDS'] ?? 20),
})
