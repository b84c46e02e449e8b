// Report: what a command of rules found, for programs of others: CI servers, editors, code hosts.
import { resolve } from 'node:path'
import type { Severity } from '@plaintrail/rules/rule'
import { CliError } from '../cli-error.ts'
import type { CliIo } from '../io.ts'
import { githubCommands } from './github-commands.ts'
import { junitText } from './junit.ts'
import { sarifText } from './sarif.ts'

export interface Report {
  /** The command: `rules test`. */
  readonly command: string
  readonly rules: readonly ReportedRule[]
  readonly cases: readonly ReportedCase[]
  readonly seconds: number
}

export interface ReportedRule {
  readonly name: string
  readonly title: string
  readonly description: string
  readonly remediation: string
  readonly severity: Severity
}

/** A test, a file that was checked, or something that was found. */
export interface ReportedCase {
  /** Of a rule's name, or `rule-file` for what is wrong in a file. */
  readonly rule: string
  /** What makes it the same in the next run, whatever line it moves to. */
  readonly name: string
  readonly result: 'pass' | 'fail' | 'skipped'
  readonly level: 'error' | 'warning' | 'note'
  /** In one line; empty where it passed. */
  readonly message: string
  /** More, in lines. */
  readonly details: readonly string[]
  /** From the folder of the command, with slashes. */
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly column: number
}

export type Reporter = { readonly kind: 'junit' | 'sarif'; readonly file: string } | { readonly kind: 'github' }

export const reporterWords = 'junit=FILE, sarif=FILE or github; may be repeated'

/** Throws CliError. */
export function readReporters(texts: readonly string[]): readonly Reporter[] {
  return texts.map((text) => {
    if (text === 'github') return { kind: 'github' }
    const [, kind, file = ''] = /^(junit|sarif)=(.+)$/.exec(text) ?? []
    if (kind === 'junit' || kind === 'sarif') return { kind, file }
    throw new CliError('usage', `could not read --reporter "${text}"`, { hint: `Write ${reporterWords}.` })
  })
}

/** Throws CliError. */
export async function writeReports(io: CliIo, reporters: readonly Reporter[], report: Report): Promise<void> {
  for (const reporter of reporters) {
    if (reporter.kind === 'github') await io.stdout.write(githubCommands(report))
    else {
      const text = reporter.kind === 'junit' ? junitText(report) : sarifText(report)
      await writeReport(io, reporter.file, text)
    }
  }
}

const readableMode = 0o644

async function writeReport(io: CliIo, file: string, text: string): Promise<void> {
  try {
    await io.files.replace(resolve(io.folder, file), text, readableMode)
  } catch (error) {
    throw new CliError('usage', `could not write ${file}`, { hint: 'Look at its folder.', cause: error })
  }
}
