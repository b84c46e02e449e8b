// openOutputs: where a command prints to: on a terminal, what is longer than the screen goes to a pager.
import type { Command } from 'commander'
import type { CliConfig } from './config.ts'
import type { CliIo, Output, Pager } from './io.ts'
import type { GlobalOptions } from './options.ts'

export interface Outputs {
  readonly stdout: Output
  readonly stderr: Output
}

/** Commands that print what people read; the others print as it comes, or what must not be missed. */
const read = new Set(
  'who history diff blame get undo activity events show actor actors sessions explain list notices audit'.split(' '),
)

/** Disposed of when the command is done: then everything has been printed, and whoever reads has left the pager. */
export function openOutputs(command: Command, config: CliConfig, io: CliIo): Outputs & AsyncDisposable {
  const { pager, verbose, curl } = command.optsWithGlobals<GlobalOptions>()
  const isRead = read.has(command.name()) && pager && verbose !== true && curl !== true
  const isPaged = isRead && io.stdout.isTty && config.term !== 'dumb' && config.pager !== 'cat'
  if (isPaged) return pagedOutputs(io, config.pager ?? 'less')
  return { stdout: io.stdout, stderr: io.stderr, [Symbol.asyncDispose]: () => Promise.resolve() }
}

interface Held {
  readonly to: keyof Outputs
  readonly chunk: string | Uint8Array
}

/**
 * Holding, until it is known whether the screen is enough; then paging, where status and warnings wait until the reader
 * has left, or printing, where there is no pager or the command has ended:
 *
 *   holding ── a screen is full ──► paging     holding ── it is not, or no pager ──► printing
 */
type Phase =
  | { readonly kind: 'holding'; readonly held: readonly Held[]; readonly lines: number }
  | { readonly kind: 'paging'; readonly pager: Pager; readonly late: readonly Held[] }
  | { readonly kind: 'printing' }

function pagedOutputs(io: CliIo, command: string): Outputs & AsyncDisposable {
  let phase: Phase = { kind: 'holding', held: [], lines: 0 }
  const printAll = async (all: readonly Held[]): Promise<void> => {
    for (const { to, chunk } of all) await io[to].write(chunk)
  }
  const fill = async (held: readonly Held[]): Promise<void> => {
    const pager = await io.openPager(command)
    if (pager === null) {
      phase = { kind: 'printing' }
      return await printAll(held)
    }
    phase = { kind: 'paging', pager, late: held.filter(({ to }) => to === 'stderr') }
    for (const { to, chunk } of held) if (to === 'stdout') await pager.write(chunk)
  }
  const write = async (one: Held): Promise<void> => {
    switch (phase.kind) {
      case 'holding': {
        const held = [...phase.held, one]
        const lines = phase.lines + linesIn(one.chunk)
        phase = { kind: 'holding', held, lines }
        // The shell's next prompt has the last line.
        return lines < io.stdout.rows ? undefined : await fill(held)
      }
      case 'paging':
        if (one.to === 'stdout') return await phase.pager.write(one.chunk)
        phase = { ...phase, late: [...phase.late, one] }
        return
      case 'printing':
        return await printAll([one])
      default:
        return phase satisfies never
    }
  }
  const output = (to: keyof Outputs): Output => ({
    isTty: io[to].isTty,
    get columns() {
      return io[to].columns
    },
    get rows() {
      return io[to].rows
    },
    write: (chunk) => write({ to, chunk }),
  })
  return {
    stdout: output('stdout'),
    stderr: output('stderr'),
    async [Symbol.asyncDispose]() {
      const last = phase
      phase = { kind: 'printing' }
      if (last.kind === 'paging') await last.pager.end()
      await printAll(last.kind === 'holding' ? last.held : last.kind === 'paging' ? last.late : [])
    },
  }
}

const linesIn = (chunk: string | Uint8Array): number =>
  (typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()).split('\n').length - 1
