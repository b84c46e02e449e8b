// startRules: the loop that judges what is stored by the rules in force.

import type { Config } from '@plaintrail/runtime/config'
import type { Logger } from '@plaintrail/runtime/logger'
import type { Connection } from '@plaintrail/store/open-store'
import type { HandedEvents } from '@plaintrail/store/handed-events'
import { createRulesFollower, judgeBounds, ruleLanes, type RulesFollower } from '@plaintrail/store/rules-follower'
import { countFailing } from '@plaintrail/store/rules'
import type { rulesSettings } from './config.ts'
import { createRuleSources, type RuleSourcesOptions } from './rule-sources.ts'
import { createRulesMetrics, type RulesMetrics } from './rules-metrics.ts'
import { startLaneWork, type LaneWorkParts, type RunningLaneWork } from './start-lane-work.ts'

/** What a worker needs to judge by rules. */
export interface RulesOptions extends RuleSourcesOptions {
  readonly connection: Connection
}

/** Null where rules are off. */
export function rulesOptions(connection: Connection, settings: Config<typeof rulesSettings>): RulesOptions | null {
  const { rules, rulesPack: pack, rulesFolder: folder } = settings
  return rules === 'on' ? { connection, pack, folder } : null
}

export interface RulesParts extends LaneWorkParts {
  readonly rules: RuleSourcesOptions
  /** Whether this installation keeps history: rules ask what it knows once it has followed. */
  readonly isHistoryOn: boolean
  readonly handed: HandedEvents
}

/** What no event brings, such as what should have followed and did not, is looked at so often. */
const tickMs = 5_000

export function startRules(parts: RulesParts): RunningLaneWork {
  const { logger, isHistoryOn, parsed, handed } = parts
  const counted = createRulesMetrics(parts.metrics)
  return startLaneWork(parts, {
    name: 'rules',
    doing: 'judging',
    make: (store) => {
      const follower = createRulesFollower(store, { isHistoryOn, parsed, handed })
      const sources = createRuleSources(store, logger, parts.rules)
      const tick = createTick({ follower, logger, counted, failing: () => countFailing(store) })
      return {
        async lanes() {
          await sources.look()
          await tick()
          return await ruleLanes(store)
        },
        numbersMax: judgeBounds.numbersMax,
        async work(laneId, numbersMax) {
          const outcome = await follower.judge(laneId, { ...judgeBounds, numbersMax })
          if (outcome.kind !== 'judged') return null
          for (const { name, says } of outcome.failing) {
            logger.error({ rule: name, says }, 'a rule fails on too many events and is asked no more: mend it')
          }
          return outcome
        },
        leaveOut: (laneId) => follower.leaveOut(laneId),
        says: {
          failed: 'could not judge what is stored, trying again',
          leftOut: 'left an event out of rules: what was found could not be written',
        },
      }
    },
    onBehind: (events) => counted.behind(events),
    onWorked: (batch) => counted.judged(batch),
    onLeftOut: () => counted.leftOut(),
    onFailed: () => counted.failed(),
  })
}

interface TickParts {
  readonly follower: RulesFollower
  readonly logger: Logger
  readonly counted: RulesMetrics
  readonly failing: () => Promise<number>
}

function createTick({ follower, logger, counted, failing }: TickParts): () => Promise<void> {
  let tickedMs = -Infinity
  let toldUnread = ''
  /** Whatever keeps failing there keeps no event from being judged. */
  const tickApart = async (): Promise<void> => {
    try {
      await follower.tick()
    } catch (error) {
      counted.failed()
      logger.error({ error }, 'could not look at what no event brings to rules, trying again')
    }
  }
  return async () => {
    if (performance.now() - tickedMs < tickMs) return
    await tickApart()
    const unread = follower.unread()
    counted.failing((await failing()) + unread.length)
    const told = JSON.stringify(unread)
    if (told !== toldUnread && unread.length > 0) logger.error({ unread }, 'could not read rules that are in force')
    toldUnread = told
    tickedMs = performance.now()
  }
}
