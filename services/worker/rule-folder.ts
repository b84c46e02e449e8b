// readRuleFolder: the rules of all files below a folder, and what is wrong in them.

import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { fileBytesMax, parseRules, type ParsedRule } from '@plaintrail/rules/parse-rules'

export interface RuleFolder {
  /** Of all names and contents: equal where nothing changed. */
  readonly digest: string
  readonly rules: readonly ParsedRule[]
  /** `FILE:LINE:COLUMN: MESSAGE (HINT)` each, the file as a path below the folder. */
  readonly errors: readonly string[]
}

/** Of one folder; what comes after them by name is left out and told. */
const ruleFilesMax = 2_000
const extensions: ReadonlySet<string> = new Set(['.yaml', '.yml', '.json'])

/** Rejects where the folder cannot be read. Files that cannot be are told as errors, as are rules of a name that is taken. */
export async function readRuleFolder(folder: string): Promise<RuleFolder> {
  const found = (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => !entry.isDirectory() && extensions.has(extname(entry.name)))
    .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, '/').length))
    .toSorted()
  const digest = createHash('sha256')
  const rules = new Map<string, ParsedRule>()
  const errors: string[] = []
  if (found.length > ruleFilesMax)
    errors.push(`${found[ruleFilesMax]}:1:1: the folder has more than ${ruleFilesMax} files`)
  for (const file of found.slice(0, ruleFilesMax)) {
    const text = await readText(join(folder, file))
    digest.update(JSON.stringify([file, text]))
    if (text === null) errors.push(`${file}:1:1: could not be read, or is larger than ${fileBytesMax} bytes`)
    else take(file, text, { rules, errors })
  }
  return { digest: digest.digest('hex'), rules: [...rules.values()], errors }
}

async function readText(path: string): Promise<string | null> {
  try {
    const bytes = await readFile(path)
    return bytes.length > fileBytesMax ? null : bytes.toString()
  } catch {
    return null
  }
}

interface Found {
  readonly rules: Map<string, ParsedRule>
  readonly errors: string[]
}

function take(file: string, text: string, { rules, errors }: Found): void {
  const parsed = parseRules(text)
  for (const { line, column, message, hint } of parsed.errors) {
    errors.push(`${file}:${line}:${column}: ${message}${hint === null ? '' : ` (${hint})`}`)
  }
  for (const one of parsed.rules) {
    const { line, column } = one.at
    if (rules.has(one.rule.name))
      errors.push(`${file}:${line}:${column}: another file has a rule named "${one.rule.name}"`)
    else rules.set(one.rule.name, one)
  }
}
