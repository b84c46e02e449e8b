// completions: what may stand where somebody is typing a command, one a line, a tab before what it means.
import type { Command } from 'commander'
import { isCompletion, isTokenList } from '../answers.ts'
import { openApi, type Api } from '../api.ts'
import { readCliConfig } from '../config.ts'
import { readContexts } from '../contexts/config-file.ts'
import type { CliIo } from '../io.ts'
import { plainFormats } from '../output/format.ts'
import { terminalText } from '../output/terminal-text.ts'
import { findPlace } from '../place.ts'
import { commandWords, readWords, type Typed } from './command-words.ts'

/** Somebody waits with a finger on the Tab key. */
const answerMsMax = 1_500
export const shells = ['bash', 'zsh', 'fish'] as const

/** `words` are those after the program's name, the last one as far as it is typed. Throws whatever goes wrong. */
export async function completions(words: readonly string[], io: CliIo, program: Command): Promise<readonly string[]> {
  const typed = readWords(commandWords(program), words)
  const { command, flag, word } = typed
  if (flag !== null) return valuesOf(flag.names.at(-1) ?? '', typed, io)
  if (word.startsWith('-') && !word.includes(':'))
    return startingWith(
      word,
      command.flags.flatMap(({ names, about }) => names.map((name) => line(name, about))),
    )
  if (command.subcommands.length > 0 && typed.operands.length === 0)
    return startingWith(
      word,
      command.subcommands.map(({ name, about }) => line(name, about)),
    )
  return operandsOf(typed, io)
}

async function operandsOf(typed: Typed, io: CliIo): Promise<readonly string[]> {
  const { command, word } = typed
  switch (command.path) {
    case 'events':
    case 'actors':
    case 'sessions':
    case 'tail':
    case 'export':
    case 'query explain':
    case 'query complete':
      return queryWords(typed, io)
    case 'who':
    case 'history':
    case 'diff':
    case 'blame':
    case 'get':
    case 'undo':
      return objectWords(typed, io)
    case 'actor':
      return afterKey('actor', word, typed, io)
    case 'activity':
      // Whose comes first, and a query after it.
      if (typed.operands.length === 0) return afterKey('actor', word, typed, io)
      return queryWords({ ...typed, operands: typed.operands.slice(1) }, io)
    case 'token revoke':
      return tokenNames(typed, io)
    case 'context use':
    case 'context remove':
      return contextNames(word, io)
    case 'completion':
      return startingWith(word, shells)
    default:
      return []
  }
}

/** `deploy/checkout`, or two words; what stands behind them nobody can list. */
async function objectWords(typed: Typed, io: CliIo): Promise<readonly string[]> {
  const [first, second] = typed.operands
  if (first === undefined) return afterKey('obj', typed.word, typed, io)
  return second === undefined && !first.includes('/') ? afterKey('name', typed.word, typed, io) : []
}

/** Flags that are words of the query language have their values. */
async function valuesOf(flag: string, typed: Typed, io: CliIo): Promise<readonly string[]> {
  if (flag === '--output') return startingWith(typed.word, plainFormats)
  if (flag === '--context') return contextNames(typed.word, io)
  if (flag === '--patch') return startingWith(typed.word, ['strategic', 'merge', 'json'])
  if (flag === '--order') return startingWith(typed.word, ['desc', 'asc'])
  const key = flag === '--namespace' ? 'ns' : flag.slice('--'.length)
  return /^(actor|as|group|is|verb|class|kind|ns|name|obj|sub|outcome|stage|level|client|cluster|changed|image)$/.test(
    key,
  )
    ? afterKey(key, typed.word, typed, io)
    : []
}

/** The query is all operands together; what is told replaces the end of the last word. */
async function queryWords(typed: Typed, io: CliIo): Promise<readonly string[]> {
  const query = [...typed.operands, typed.word].join(' ')
  const wordStart = query.length - typed.word.length
  const { span, candidates } = await ask(query, typed, io)
  if (span.start < wordStart) return []
  return candidates.map(({ text, about }) => line(typed.word.slice(0, span.start - wordStart) + text, about))
}

async function afterKey(key: string, word: string, typed: Typed, io: CliIo): Promise<readonly string[]> {
  const prefix = `${key}:`
  const { span, candidates } = await ask(prefix + word, typed, io)
  const kept = (prefix + word).slice(prefix.length, Math.max(prefix.length, span.start))
  return candidates.map(({ text, about }) => line(kept + text, about))
}

interface Asked {
  readonly span: { readonly start: number; readonly end: number }
  readonly candidates: readonly { readonly text: string; readonly about: string }[]
}

async function ask(query: string, { values }: Typed, io: CliIo): Promise<Asked> {
  const api = await apiOf(values, io)
  const { value } = await api.getList('/v1/queries/complete', { q: query, pos: query.length })
  if (!isCompletion(value)) return { span: { start: 0, end: 0 }, candidates: [] }
  return {
    span: value.span,
    candidates: value.candidates.map(({ text, description }) => ({ text, about: description })),
  }
}

async function apiOf(values: ReadonlyMap<string, string>, io: CliIo): Promise<Api> {
  const given = {
    server: values.get('--server') ?? null,
    dataFolder: values.get('--data') ?? null,
    context: values.get('--context') ?? null,
    isInsecureAllowed: false,
    hasProject: true,
    hasDefaults: false,
  }
  const { server } = await findPlace({ config: readCliConfig(io.env), given, io })
  return openApi(server, {
    fetch: io.fetch,
    userAgent: io.userAgent,
    timeoutMs: answerMsMax,
    // A server that is busy is not asked again: nobody waits for that.
    sleepMs: () => Promise.reject(new Error('busy')),
  })
}

async function tokenNames({ word, values }: Typed, io: CliIo): Promise<readonly string[]> {
  const { value } = await (await apiOf(values, io)).get('/v1/tokens')
  if (!isTokenList(value)) return []
  return startingWith(
    word,
    value.data.map(({ name, current }) => line(name, current ? 'the one you ask with' : '')),
  )
}

async function contextNames(word: string, io: CliIo): Promise<readonly string[]> {
  const { all } = await readContexts(readCliConfig(io.env), io)
  return startingWith(
    word,
    all.map(({ name, server }) => line(name, server)),
  )
}

const startingWith = (word: string, lines: readonly string[]): readonly string[] =>
  lines.filter((one) => one.startsWith(word))

/** A candidate with a line end or a control character would be two, or worse. */
const line = (text: string, about: string): string =>
  about === '' ? terminalText(text) : `${terminalText(text)}\t${terminalText(about)}`
