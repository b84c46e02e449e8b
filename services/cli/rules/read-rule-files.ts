// readRuleFiles: the rules of files and folders of this machine, and what is wrong in them.
import { relative, resolve, sep } from 'node:path'
import { fileBytesMax, parseRules, type ParsedRule } from '@plaintrail/rules/parse-rules'
import type { RuleError } from '@plaintrail/rules/rule-error'
import { CliError } from '../cli-error.ts'
import type { CliIo } from '../io.ts'

/** Files of one run. */
const filesMax = 10_000
/** Folders within each other. */
const levelsMax = 32

export interface FileRule extends ParsedRule {
  /** As it is told: from the folder of the command, with slashes. */
  readonly file: string
  /** Absolute. */
  readonly path: string
}

export interface FileRuleError extends RuleError {
  readonly file: string
}

export interface RuleFiles {
  readonly rules: readonly FileRule[]
  readonly errors: readonly FileRuleError[]
  /** What is right, and may surprise. */
  readonly warnings: readonly FileRuleError[]
  /** Files with rules in them. */
  readonly count: number
  /** YAML files in folders that have nothing to do with rules. */
  readonly leftOut: number
}

/**
 * Of a folder the YAML files in it and below, without hidden ones and those that neither name plaintrail.dev nor are
 * Falco's. Two rules of one
 * name are an error of the second. Throws CliError where a path cannot be read.
 */
export async function readRuleFiles(io: Pick<CliIo, 'files' | 'folder'>, paths: readonly string[]): Promise<RuleFiles> {
  const found = await filesBelow(io, paths, /\.ya?ml$/i)
  const rules: FileRule[] = []
  const errors: FileRuleError[] = []
  let leftOut = 0
  for (const { path, isNamed } of found) {
    const file = shownPath(io.folder, path)
    const text = await readText(io, path, file)
    if (!isNamed && !isAboutRules(text)) leftOut += 1
    else {
      const parsed = parseRules(text)
      errors.push(...parsed.errors.map((error) => ({ ...error, file })))
      for (const rule of parsed.rules) takeRule({ ...rule, file, path }, rules, errors)
    }
  }
  const warnings = rules.flatMap((rule) => rule.warnings.map((warning) => ({ ...warning, file: rule.file })))
  return { rules, errors, warnings, count: found.length - leftOut, leftOut }
}

/** From the folder of the command, with slashes. */
export const shownPath = (folder: string, path: string): string => relative(folder, path).split(sep).join('/') || '.'

function takeRule(rule: FileRule, rules: FileRule[], errors: FileRuleError[]): void {
  const { name } = rule.rule
  const other = rules.find((one) => one.rule.name === name)
  if (other === undefined) rules.push(rule)
  else
    errors.push({
      file: rule.file,
      ...rule.at,
      message: `another rule is named "${name}": ${other.file}:${other.at.line}`,
      hint: 'Give one of them another name.',
    })
}

export interface FoundFile {
  /** Absolute. */
  readonly path: string
  /** It was named itself, not its folder. */
  readonly isNamed: boolean
}

/** Files that are named, and those of folders whose names fit; each once. Throws CliError. */
export async function filesBelow(
  io: Pick<CliIo, 'files' | 'folder'>,
  paths: readonly string[],
  names: RegExp,
): Promise<readonly FoundFile[]> {
  const found = new Map<string, FoundFile>()
  const visit = async (path: string, level: number): Promise<void> => {
    const entries = await attempt(`could not read ${shownPath(io.folder, path)}`, () => io.files.list(path))
    if (entries === null) {
      if (found.size === filesMax) throw new CliError('usage', `could not read more than ${filesMax} files`)
      found.set(path, { path, isNamed: level === 0 })
      return
    }
    if (level === levelsMax)
      throw new CliError('usage', `could not go more than ${levelsMax} folders down: ${shownPath(io.folder, path)}`)
    for (const { name, isFolder } of entries) {
      const isMeant = !name.startsWith('.') && name !== 'node_modules' && (isFolder || names.test(name))
      if (isMeant) await visit(resolve(path, name), level + 1)
    }
  }
  for (const path of paths) await visit(resolve(io.folder, path), 0)
  return [...found.values()]
}

async function readText(io: Pick<CliIo, 'files'>, path: string, file: string): Promise<string> {
  return await attempt(`could not read ${file}`, async () => {
    const { chunks } = await io.files.open(path)
    const parts: Uint8Array[] = []
    let bytes = 0
    // parseRules says what is wrong with a larger one; what is read is enough for that.
    for await (const chunk of chunks) {
      parts.push(chunk)
      bytes += chunk.length
      if (bytes > fileBytesMax) break
    }
    return Buffer.concat(parts).toString()
  })
}

const isAboutRules = (text: string): boolean =>
  (text.includes('plaintrail.dev/') && !/^["']?kind["']?:\s*["']?Config\b/m.test(text)) ||
  isOfFalco(text) ||
  isOfSigma(text)

const isOfFalco = (text: string): boolean =>
  /^- +(?:rule|macro|required_engine_version): |^- +list: .*\r?\n +items:/m.test(text)

/** Of Kubernetes: who has all of Sigma's rules in a folder means those. */
const isOfSigma = (text: string): boolean =>
  /^(?:detection|correlation):/m.test(text) &&
  (/^ +product: *["']?kubernetes\b/im.test(text) || /^correlation:/m.test(text))

/** Throws CliError in place of what Node throws. */
export async function attempt<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (error instanceof CliError) throw error
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT'
    throw new CliError('usage', what, {
      hint: isMissing ? 'There is no such file or folder.' : 'Look at its permissions.',
      cause: error,
    })
  }
}
