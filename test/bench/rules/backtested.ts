// Back-tests for benches: asked for, waited for, given up.

import { setTimeout as sleep } from 'node:timers/promises'
import type { Asking } from '../../system.ts'

const pollMs = 50

export interface ToldBacktest {
  readonly state: string
  readonly error: string | null
  readonly findings: number | null
  readonly reached: string | null
  readonly progress: { readonly events: number }
  readonly judged: { readonly evaluated: number; readonly matched: number }
  readonly links: { readonly self: string }
}

/** `spec` is what stands in a rule's file under `spec`, in one line. */
export async function askBacktest({ url, adminToken }: Asking, spec: string, since: string): Promise<ToldBacktest> {
  const text = `apiVersion: plaintrail.dev/v1\nkind: Rule\nmetadata: {name: bench}\nspec: {title: T, severity: low, ${spec}}\n`
  const headers = { ...authorized(adminToken), 'content-type': 'application/json' }
  const made = await fetch(new URL('/v1/backtests', url), {
    method: 'POST',
    headers,
    body: JSON.stringify({ text, since }),
  })
  const told = (await made.json()) as ToldBacktest
  if (made.status !== 202) throw new Error(`could not ask for a back-test: ${JSON.stringify(told)}`)
  return told
}

export async function backtestNow({ url, adminToken }: Asking, { links }: ToldBacktest): Promise<ToldBacktest> {
  return (await (await fetch(new URL(links.self, url), { headers: authorized(adminToken) })).json()) as ToldBacktest
}

export async function giveUpBacktest({ url, adminToken }: Asking, { links }: ToldBacktest): Promise<void> {
  await fetch(new URL(links.self, url), { method: 'DELETE', headers: authorized(adminToken) })
}

/** Throws where it ended in another way than done, or the signal came. */
export async function untilBacktested(
  asking: Asking,
  asked: ToldBacktest,
  signal?: AbortSignal,
): Promise<ToldBacktest> {
  let told = asked
  while (told.state === 'queued' || told.state === 'running') {
    await sleep(pollMs, undefined, { ...(signal && { signal }) })
    told = await backtestNow(asking, told)
  }
  if (told.state !== 'done') throw new Error(`the back-test has ended: ${told.error ?? told.state}`)
  return told
}

const authorized = (token: string) => ({ authorization: `Bearer ${token}` })
