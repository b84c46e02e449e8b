// A worker that is wrong on purpose: it commits its position in a transaction of its own, before the rows. The oracle must
// catch it.

import { runProcess } from '@plaintrail/runtime/run-process'
import { workerProcessSettings } from '@plaintrail/worker/config'
import { startWorkerProcess } from '@plaintrail/worker/worker-process'
import { failAt } from '../failpoints/fail-at.ts'

process.exitCode = await runProcess({
  name: 'worker',
  settings: workerProcessSettings,
  env: process.env,
  start: (config, ground) =>
    startWorkerProcess(config, ground, {
      wrapWriter: (writer, store) => ({
        ...writer,
        async commit(prepared) {
          const moves = prepared.flatMap(({ made }) => made?.batch.moves ?? [])
          for (const { topic, partition, next } of moves) {
            await store.pool.query('update log_position set next_offset = $3 where topic = $1 and partition = $2', [
              topic,
              partition,
              next,
            ])
          }
          // A batch that waits for the one ahead moves nothing yet, and then nothing would be lost.
          if (moves.length > 0) failAt('between position and rows')
          const apart = prepared.map((part) => ({
            ...part,
            made: part.made && { ...part.made, batch: { ...part.made.batch, moves: [] } },
          }))
          return await writer.commit(apart)
        },
      }),
    }),
})
