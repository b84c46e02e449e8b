// The faults: each is done to a system under load, and undone.

import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openStore } from '@plaintrail/store/open-store'
import type { Random } from '../random.ts'
import type { ServiceProcess } from '../service-process.ts'
import { sessionMs, type FaultSystem } from './fault-system.ts'

export interface Fault {
  readonly name: string
  /** In the short form too, which is part of `npm test`. */
  readonly isShort: boolean
  /** A program; where it is not there, the fault is left out, and said to be. */
  readonly needs?: string
  /** Returns when it is undone. */
  inflict(context: FaultContext): Promise<void>
}

interface FaultContext {
  readonly faulty: FaultSystem
  readonly random: Random
  /** How long an outage lasts. */
  readonly outageMs: number
  /** How often something is done again. */
  readonly rounds: number
}

/** Kills one process at random moments and starts it again at once, as an orchestrator does. */
async function killOften(pick: () => ServiceProcess, { random, rounds }: FaultContext): Promise<void> {
  for (let round = 0; round < rounds; round++) {
    await sleep(200 + random.below(1_500))
    const service = pick()
    await service.end('SIGKILL')
    await service.start()
  }
}

/** The steps of each role's part of the way, at which it dies as by kill -9. */
const failpoints = {
  receiver: ['before the append', 'between append and answer'],
  worker: [
    'after the read',
    'before the preparation',
    'after the preparation',
    'before the commit',
    'between commit and settling',
  ],
  jobrunner: ['before the queue', 'between queue and outbox', 'before the effect', 'between effect and its job'],
} as const

const shortSteps: readonly string[] = ['between append and answer', 'between commit and settling']
const deathMsMax = 20_000

/** All of the role are replaced by one that dies at the step, again and again. */
function diesAt(role: keyof typeof failpoints, step: string): Fault {
  return {
    name: `${role} dies ${step}`,
    isShort: shortSteps.includes(step),
    async inflict({ faulty: { system }, random, rounds }) {
      const replaced = { receiver: system.receivers, worker: system.workers, jobrunner: [system.jobrunner] }[
        role
      ].slice()
      for (const service of replaced) await service.end('SIGTERM')
      // A jobrunner queues two jobs when it starts, and would die before it is ready.
      const after = String(3 + random.below(4))
      const entry = join(import.meta.dirname, `failpoints/${role}.ts`)
      const env = { PLAINTRAIL_TEST_FAILPOINT: step, PLAINTRAIL_TEST_FAILPOINT_AFTER: after }
      const dying = await system.add(role, { entry, env })
      let deaths = 0
      for (let round = 0; round < Math.ceil(rounds / 2); round++) {
        const deadline = Date.now() + deathMsMax
        while (dying.isRunning && Date.now() < deadline) await sleep(50)
        if (!dying.isRunning) deaths += 1
        await dying.end('SIGKILL')
        await dying.start().catch((error: unknown) => {
          // It may come to its step before it is ready.
          if (dying.isRunning) throw error
        })
      }
      await dying.end('SIGKILL')
      if (deaths === 0) throw new Error(`no ${role} ever died ${step}`)
      for (const service of replaced) await service.start()
    },
  }
}

const all: readonly Fault[] = [
  { name: 'none', isShort: true, inflict: ({ outageMs }) => sleep(Math.min(outageMs, 10_000)) },
  ...Object.entries(failpoints).flatMap(([role, steps]) =>
    steps.map((step) => diesAt(role as keyof typeof failpoints, step)),
  ),
  {
    name: 'receivers killed',
    isShort: true,
    inflict: (context) => killOften(() => one(context.faulty.system.receivers, context.random), context),
  },
  {
    name: 'workers killed',
    isShort: true,
    inflict: (context) => killOften(() => one(context.faulty.system.workers, context.random), context),
  },
  {
    name: 'jobrunner killed',
    isShort: false,
    inflict: (context) => killOften(() => context.faulty.system.jobrunner, context),
  },
  {
    name: 'Kafka killed',
    isShort: true,
    async inflict({ faulty: { servers }, random, rounds }) {
      for (let round = 0; round < Math.ceil(rounds / 2); round++) {
        await sleep(500 + random.below(1_500))
        await servers.kafka.kill()
        await sleep(random.below(2_000))
        await servers.kafka.start()
      }
    },
  },
  {
    name: 'Kafka away',
    isShort: true,
    async inflict({ faulty: { servers }, outageMs }) {
      await servers.kafka.stop()
      await sleep(outageMs)
      await servers.kafka.start()
    },
  },
  {
    name: 'the postmaster killed',
    isShort: true,
    async inflict({ faulty: { servers }, random, rounds }) {
      for (let round = 0; round < Math.ceil(rounds / 2); round++) {
        await sleep(500 + random.below(2_000))
        process.kill(await servers.postgres.pid(), 'SIGKILL')
        await sleep(3_000)
      }
    },
  },
  {
    name: 'one backend of Postgres killed',
    isShort: false,
    async inflict({ faulty, random, rounds }) {
      for (let round = 0; round < rounds; round++) {
        await sleep(500 + random.below(1_000))
        const pid = await backendOf(faulty, 'plaintrail worker')
        if (pid !== null) process.kill(pid, 'SIGKILL')
        await sleep(2_000)
      }
    },
  },
  {
    name: 'Postgres away',
    isShort: true,
    async inflict({ faulty: { servers }, outageMs }) {
      await servers.postgres.stop()
      await sleep(outageMs)
      await servers.postgres.start()
    },
  },
  {
    name: 'Postgres away while the receivers are started again',
    isShort: true,
    async inflict({ faulty: { servers, system }, outageMs }) {
      // Until each receiver has read its credentials once more.
      await sleep(6_000)
      await servers.postgres.stop()
      for (const receiver of system.receivers) {
        await receiver.end('SIGKILL')
        await receiver.start()
      }
      await sleep(Math.min(outageMs, 5_000))
      await servers.postgres.start()
    },
  },
  {
    name: 'Redis killed and flushed',
    isShort: true,
    async inflict({ faulty: { servers }, random, rounds }) {
      for (let round = 0; round < rounds; round++) {
        await sleep(300 + random.below(1_000))
        if (random.next() < 0.5) await servers.redis.flush()
        else {
          await servers.redis.kill()
          await sleep(random.below(1_500))
          await servers.redis.start()
        }
      }
    },
  },
  {
    name: 'a worker frozen past its session and thawed',
    isShort: true,
    async inflict({ faulty: { system }, random }) {
      const zombie = one(system.workers, random)
      zombie.signal('SIGSTOP')
      await sleep(sessionMs * 2)
      zombie.signal('SIGCONT')
      await sleep(2_000)
    },
  },
  {
    name: 'a rebalance every two seconds',
    isShort: false,
    async inflict({ faulty: { system }, rounds }) {
      const [, second] = system.workers
      if (!second) throw new Error('there is no second worker')
      for (let round = 0; round < rounds; round++) {
        await second.end('SIGTERM')
        await sleep(2_000)
        await second.start()
        await sleep(2_000)
      }
    },
  },
  {
    name: 'slow Postgres: tables locked',
    isShort: false,
    async inflict({ faulty, rounds }) {
      for (let round = 0; round < rounds; round++) {
        const client = await faulty.store.pool.connect()
        try {
          await client.query('begin')
          await client.query('lock table event, seal, segment in access exclusive mode')
          await sleep(2_500)
          await client.query('rollback')
        } finally {
          client.release()
        }
        await sleep(300)
      }
    },
  },
  {
    name: 'everything restarted in turn, and the schema migrated, under load',
    isShort: false,
    async inflict({ faulty: { system } }) {
      await system.migrate()
      for (const service of [...system.receivers, ...system.workers, system.jobrunner, system.api]) {
        await service.end('SIGTERM')
        await service.start()
        await sleep(500)
      }
      await system.migrate()
    },
  },
  {
    name: 'clocks an hour off',
    isShort: false,
    needs: 'faketime',
    async inflict({ faulty: { system, store }, outageMs }) {
      const off = (by: string): readonly string[] => ['faketime', '-f', by]
      // Timers go by the monotonic clock, which no daylight saving and no operator moves.
      const env = { FAKETIME_DONT_FAKE_MONOTONIC: '1', DONT_FAKE_MONOTONIC: '1' }
      await system.add('receiver', { env, before: off('+3600s') })
      await system.add('worker', { env, before: off('-3600s') })
      await sleep(Math.min(outageMs, 15_000))
      // Or nothing was shown: by the clock of the receiver that is ahead, something came an hour from now.
      const { rows } = await store.pool.query<{ newest: number }>('select max(received_us) as newest from seal')
      if ((rows[0]?.newest ?? 0) < (Date.now() + 3_000_000) * 1_000) throw new Error('no clock was an hour off')
    },
  },
]

export const faults: readonly Fault[] = all.filter(({ name, needs }) => {
  if (needs === undefined || spawnSync(needs, ['--version']).status === 0) return true
  console.warn(`SKIPPED: the fault "${name}" needs ${needs}`)
  return false
})

function one(from: readonly ServiceProcess[], random: Random): ServiceProcess {
  const found = from[random.below(from.length)]
  if (!found) throw new Error('there is none')
  return found
}

async function backendOf(faulty: FaultSystem, applicationName: string): Promise<number | null> {
  await using store = openStore(faulty.servers.postgres.url, {
    connectionsMax: 1,
    statementMs: 5_000,
    applicationName: 'fault suite',
  })
  const { rows } = await store.pool.query<{ pid: number }>(
    `select pid from pg_stat_activity where application_name = $1 order by state = 'active' desc, random() limit 1`,
    [applicationName],
  )
  return rows[0]?.pid ?? null
}
