// plaintrail: the command line as a process, as a person runs it.

import { spawn } from 'node:child_process'
import { join } from 'node:path'

export interface Done {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

export const cliMain = join(import.meta.dirname, '../services/cli/main.ts')

/** It finds the server and its token by the data folder; `env` may say otherwise. */
export function plaintrail(
  system: { readonly dataFolder: string; readonly env?: Readonly<Record<string, string>> },
  ...args: readonly string[]
): Promise<Done> {
  const child = spawn(process.execPath, [cliMain, ...args], {
    env: { ...process.env, PLAINTRAIL_DATA: system.dataFolder, ...system.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })))
}
