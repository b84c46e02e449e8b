// What the embedded Postgres says: kept in a file of bounded size, and its last lines in memory to explain an end.

import { closeSync, constants, fstatSync, openSync, renameSync, writeSync } from 'node:fs'

export interface PostgresLog extends Disposable {
  write(text: string): void
  /** The last FATAL or PANIC of the server itself since `forget`, else what a program said that is none; null for nothing. */
  lastReason(): string | null
  forget(): void
}

/** The file and one older of the same size are all there ever is. */
const fileBytesMax = 10 * 1024 * 1024
const linesMax = 50
const lineCharactersMax = 2_000

const isGrave = /(?:FATAL|PANIC): /
/** FATAL for one connection, which is no reason for the server to end. */
const isForClient =
  /FATAL: +(?:the database system is|terminating|connection to client lost|sorry, too many|remaining connection|database "|role ")/

const isNews = /\] (?:LOG|FATAL|WARNING|HINT): /

/** A log that cannot be written (a full disk, often the very reason) is done without: the lines in memory remain. */
export function openPostgresLog(path: string): PostgresLog {
  let file = openForAppend(path)
  let lines: string[] = []
  let rest = ''
  return {
    write(text) {
      const parts = (rest + text).split('\n')
      rest = (parts.pop() ?? '').slice(0, lineCharactersMax)
      lines = [...lines, ...parts.filter((line) => line !== '')].slice(-linesMax)
      if (file === null) return
      try {
        writeSync(file, text)
        if (fstatSync(file).size < fileBytesMax) return
        closeSync(file)
        file = null
        renameSync(path, `${path}.1`)
        file = openForAppend(path)
      } catch {}
    },
    lastReason() {
      const line =
        lines.findLast((line) => isGrave.test(line) && !isForClient.test(line)) ??
        lines.findLast((line) => !isNews.test(line))
      return line?.slice(0, lineCharactersMax).replace(/^.*?\] ([A-Z]+): +/, '$1: ') ?? null
    },
    forget() {
      lines = []
      rest = ''
    },
    [Symbol.dispose]() {
      if (file !== null) closeSync(file)
      file = null
    },
  }
}

/** Never through a symbolic link: as root we write here in a folder that may be an ordinary user's. */
function openForAppend(path: string): number | null {
  const { O_APPEND, O_CREAT, O_NOFOLLOW, O_WRONLY } = constants
  try {
    return openSync(path, O_APPEND | O_CREAT | O_NOFOLLOW | O_WRONLY, 0o600)
  } catch {
    return null
  }
}
