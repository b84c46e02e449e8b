// activityCommands: the calls of a stretch as the commands that made them, each with its reads before and its waiting after.

import type { ActivityCall } from './activity-call.ts'

export interface ActivityCommand {
  /** The event of the call that the command was for. */
  readonly event: string
  /** Microseconds since 1970, of its first call. */
  readonly timeUs: number
  /** A kubectl command, or, where the client was another or no command is known, the call: `patch /api/v1/…`. */
  readonly line: string
  readonly sure: boolean
  /** Calls that it made, retries among them. */
  readonly requests: number
}

/** Between calls of one run of kubectl: from a read to the write behind it, or from a delete to the wait for its end. */
const nearUs = 2_000_000
/** How long an editor stays open, a drain waits, or a client retries for. */
const editUs = 3_600_000_000
const drainUs = 600_000_000
const retryUs = 60_000_000
/** Two runs of kubectl begin further apart: it takes longer to start. */
const sameRunUs = 50_000
/** Calls before or after one that are looked at. */
const reachMax = 200

interface Part {
  readonly call: ActivityCall
  readonly at: number
  /** Whose command this call is part of; itself for the call that a command was for. */
  owner: number
  line: string | null
  sure: boolean
}

/** `calls` are those of one stretch, the oldest first. Discovery is part of no command. */
export function activityCommands(calls: readonly ActivityCall[]): readonly ActivityCommand[] {
  const parts = calls
    .filter(({ isDiscovery }) => !isDiscovery)
    .map((call, at): Part => ({
      call,
      at,
      owner: at,
      line: call.command?.line ?? null,
      sure: call.command?.sure ?? false,
    }))
  const reach = { before: nearBy(parts, -1), after: nearBy(parts, 1) }
  for (const part of parts) joinDrain(part, reach)
  for (const part of parts) if (isFree(part)) joinRetries(part, reach)
  for (const part of parts) if (isFree(part) && !isPlainRead(part)) joinReads(part, reach)
  for (const part of parts) if (isFree(part) && isPlainRead(part)) joinLooking(part, reach)
  for (const part of parts) if (isFree(part)) joinFile(part, reach)
  return commandsOf(parts)
}

interface Reach {
  readonly before: Near
  readonly after: Near
}
/** Free calls of the same client in the same cluster within `us` of a call, the nearest first. */
type Near = (part: Part, us: number) => readonly Part[]

function nearBy(parts: readonly Part[], step: 1 | -1): Near {
  return (part, us) => {
    const near: Part[] = []
    for (let n = 1; n <= reachMax; n++) {
      const other = parts[part.at + n * step]
      if (other === undefined || Math.abs(other.call.timeUs - part.call.timeUs) > us) break
      if (isFree(other) && isOfSameRun(part.call, other.call)) near.push(other)
    }
    return near
  }
}

const isFree = ({ owner, at }: Part): boolean => owner === at
const isOfSameRun = (one: ActivityCall, other: ActivityCall): boolean =>
  one.userAgent === other.userAgent && one.cluster === other.cluster && one.as === other.as
const subcommandOf = ({ call }: Part): string => call.command?.subcommand ?? ''
const isPlainRead = (part: Part): boolean => subcommandOf(part) === 'get' || part.line === null

function join(parts: readonly Part[], owner: Part): void {
  for (const part of parts) part.owner = owner.at
}

/** What a drain asks for first names its node: the cordon before it and the evictions after it are the drain's. */
function joinDrain(list: Part, { before, after }: Reach): void {
  if (subcommandOf(list) !== 'drain' || list.call.verb !== 'list') return
  const cordon = before(list, nearUs).filter(({ call }) => call.object?.resource === 'nodes')
  const rest = after(list, drainUs)
  const ended = rest.findIndex((part) => subcommandOf(part) !== 'drain' && !isRead(part, 'pods'))
  const evicted = rest.slice(0, ended === -1 ? undefined : ended)
  const node = list.line?.split(' ')[2]
  join(
    cordon.filter(({ call }) => call.object?.name === node),
    list,
  )
  join(evicted, list)
}

const isRead = ({ call }: Part, resource: string): boolean =>
  call.class === 'read' && call.object?.resource === resource

/** The same call again, after an answer that says to try again; and a connection by the older protocol after one that failed. */
function joinRetries(part: Part, { before }: Reach): void {
  const { call, line } = part
  if (line === null) return
  const failed = before(part, retryUs).find(
    (other) => other.line === line && isSameObject(call, other.call) && mayBeTriedAgain(other.call, call),
  )
  if (failed === undefined) return
  failed.owner = part.at
}

function mayBeTriedAgain(first: ActivityCall, again: ActivityCall): boolean {
  const { code } = first
  if (first.class === 'connect') return code !== 101 && first.verb === 'get' && again.verb === 'create'
  if (first.verb !== again.verb) return false
  // kubectl apply, edit and patch read again and retry what was written over in between.
  if (code === 409) return again.verb === 'patch' && again.timeUs - first.timeUs <= nearUs
  return code === 429 || (code !== null && code >= 500)
}

/** The reads that go before a write or a connection, and with which a delete waits for the end. */
function joinReads(part: Part, { before, after }: Reach): void {
  const subcommand = subcommandOf(part)
  if (subcommand === 'edit')
    join(
      before(part, editUs)
        .filter((other) => isLookAt(part, other))
        .slice(0, 1),
      part,
    )
  else
    join(
      before(part, nearUs).filter((other) => goesBefore(part, other)),
      part,
    )
  if (subcommand !== 'delete' || part.call.outcome !== 'success') return
  const waits = after(part, nearUs).filter((other) => isLookAt(part, other))
  join(waits, part)
  // Only kubectl delete waits; of pods also kubectl run --rm.
  if (waits.length > 0 && part.call.command?.isSeen === true && part.call.object?.resource !== 'pods') part.sure = true
}

/** Commands that read another object than they write. */
const readsAnother = new Set(['autoscale', 'expose', 'create job', 'rollout undo'])

function goesBefore(part: Part, read: Part): boolean {
  if (!isPlainRead(read) || read.call.class !== 'read') return false
  if (isLookAt(part, read)) return true
  const [object, looked] = [part.call.object, read.call.object]
  if (object === null || looked === null) return false
  const subcommand = subcommandOf(part)
  // Where an object is not there kubectl looks whether its namespace is.
  if (subcommand === 'apply' && looked.resource === 'namespaces' && looked.name === object.namespace) return true
  return readsAnother.has(subcommand) && looked.namespace === object.namespace
}

function isLookAt({ call }: Part, read: Part): boolean {
  return isPlainRead(read) && read.call.class === 'read' && isSameObject(call, read.call)
}

function isSameObject(one: ActivityCall, other: ActivityCall): boolean {
  const [left, right] = [one.object, other.object]
  if (left === null || right === null) return left === right && one.plain === other.plain
  return (
    left.apiGroup === right.apiGroup &&
    left.resource === right.resource &&
    left.namespace === right.namespace &&
    left.name === right.name
  )
}

/** A list before its watch, the pieces of a list, and the look at the namespace of what is not there. */
function joinLooking(part: Part, { before, after }: Reach): void {
  const { call, line } = part
  if (line === null) return
  if (call.verb === 'watch') {
    const listed = before(part, nearUs).find(
      (other) => other.call.verb === 'list' && other.line !== null && line === watched(other.line, line),
    )
    const looked = listed ?? before(part, nearUs).find((other) => call.object?.name !== '' && isLookAt(part, other))
    if (looked !== undefined) looked.owner = part.at
  }
  if (call.verb === 'list' && !call.goesOn)
    join(
      after(part, retryUs).filter((other) => other.call.goesOn && other.line === line),
      part,
    )
  if (call.verb === 'get' && call.code === 404)
    join(
      after(part, nearUs)
        .filter(
          ({ call: { verb, object } }) =>
            verb === 'get' && object?.resource === 'namespaces' && object.name === call.object?.namespace,
        )
        .slice(0, 1),
      part,
    )
}

/** The line of a list as it would be with the flag that the line of a watch has. */
function watched(list: string, watch: string): string {
  return watch.replace(' --watch', '') === list ? watch : ''
}

const fromFiles = /^(?:create(?: .*)?|apply|replace)$/

/** What one run of kubectl made of one file: object after object, and faster than any two runs. */
function joinFile(part: Part, { after }: Reach): void {
  const subcommand = subcommandOf(part)
  if (!fromFiles.test(subcommand) || part.line === null) return
  const [word = ''] = subcommand.split(' ')
  const run: Part[] = []
  let last = part.call.timeUs
  for (const other of after(part, nearUs)) {
    const isMore = subcommandOf(other).split(' ')[0] === word && other.call.class === 'write'
    const isSoon = other.call.timeUs - last <= (other.line === part.line ? nearUs : sameRunUs)
    if (!isMore || !isSoon) break
    run.push(other)
    last = other.call.timeUs
  }
  if (run.length === 0) return
  if (run.some(({ line }) => line !== part.line)) part.line = `kubectl ${word} -f …`
  part.sure = false
  join(run, part)
}

function commandsOf(parts: readonly Part[]): readonly ActivityCommand[] {
  const commands: { event: string; timeUs: number; line: string; sure: boolean; requests: number }[] = []
  const own = Map.groupBy(parts, (part) => rootOf(part, parts))
  for (const [at, group] of [...own].toSorted(([, one], [, other]) => timeOf(one) - timeOf(other))) {
    const part = parts[at]
    if (part === undefined) continue
    const { call } = part
    const line = part.line ?? call.plain
    const last = commands.at(-1)
    // What a program asks over and over is told once.
    if (part.line === null && last?.line === line) last.requests += group.length
    else commands.push({ event: call.id, timeUs: timeOf(group), line, sure: part.sure, requests: group.length })
  }
  return commands
}

/** One that is part of another may have calls of its own: a retry's reads. */
function rootOf(part: Part, parts: readonly Part[]): number {
  let { owner } = part
  for (let steps = 0; steps < reachMax; steps++) {
    const next = parts[owner]?.owner ?? owner
    if (next === owner) break
    owner = next
  }
  return owner
}

const timeOf = (group: readonly Part[]): number => Math.min(...group.map(({ call }) => call.timeUs))
