// What tests of back-tests have in common: asking for one, and making it to its end as the jobrunner does.

import { everything } from '@plaintrail/query/scope'
import type { Window } from '@plaintrail/query/window'
import { parseRules } from '@plaintrail/rules/parse-rules'
import type { Rule } from '@plaintrail/rules/rule'
import { beginBacktestPart, storeBacktestPart, storeBacktestResult } from './backtest-part.ts'
import type { BacktestResult } from './backtest-result.ts'
import { createBacktest, parseBacktestId } from './backtests.ts'
import { createBacktestJudge } from './judge-backtest.ts'
import { laterUs, second, startUs } from './judged-calls-for-tests.ts'
import type { Store } from './open-store.ts'

/** All that happens in these tests. */
const whole = { sinceUs: startUs - 3_600 * second, untilUs: startUs + 3_600 * second }

interface AskedBacktest {
  readonly rule: string
  readonly text: string
  /** The text of the version in force. */
  readonly running?: string | null
  /** The name of the one; null for all. */
  readonly cluster: string | null
  readonly window?: Window
}

/** Its id. */
export async function askBacktest(
  store: Store,
  { rule, text, running = null, cluster, window = whole }: AskedBacktest,
): Promise<string> {
  const id = await createBacktest(store, everything, {
    maker: { id: '00000000-0000-4000-8000-000000000000', name: 'test' },
    rule,
    text,
    running: running === null ? null : { version: 1, text: running },
    cluster,
    window,
  })
  if (id === null) throw new Error('too many')
  return id
}

/** A page a part, of so many events as `limitOf` says of each. */
export async function makeBacktest(store: Store, id: string, limitOf: () => number): Promise<BacktestResult> {
  for (;;) {
    const job = await jobOf(store, id)
    const asked = await beginBacktestPart(store, job)
    if (asked === null) throw new Error('it has ended')
    const rule = ruleIn(asked.text)
    const running = asked.running && ruleIn(asked.running.text)
    if (asked.isRead) {
      const both = running && asked.running ? { version: asked.running.version, rule: running } : null
      const question = { rule, running: both, ...asked.window, reachedUs: asked.reachedUs, decidedUs: laterUs }
      const result = await storeBacktestResult(store, job, question)
      if (result === null) throw new Error('it has ended')
      return result
    }
    const judge = await createBacktestJudge(store, asked, { rule, running })
    // Whoever dies before it writes has done nothing: the page is judged again, and may be another.
    await judge.page(asked.after, { limit: limitOf(), bytesMax: 1_000 })
    const page = await judge.page(asked.after, { limit: limitOf(), bytesMax: 1_000 })
    await storeBacktestPart(store, job, { ...page, reachedUs: null })
    const again = await storeBacktestPart(store, job, { ...page, reachedUs: null })
    if (again !== 'gone') throw new Error('a part was stored twice')
  }
}

async function jobOf(store: Store, id: string): Promise<string> {
  const { rows } = await store.pool.query<{ job: string }>('select job::text as job from backtest where id = $1', [
    parseBacktestId(id),
  ])
  return rows[0]?.job ?? ''
}

function ruleIn(text: string): Rule {
  const [found] = parseRules(text).rules
  if (found === undefined) throw new Error('no rule')
  return found.rule
}
