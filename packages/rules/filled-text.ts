// filledText: what a rule says, with the values of what it found in place of `{{field}}`.

import type { FieldValues } from './evaluation.ts'

/** What stands in a sentence for a value that an event has not: `the secrets of the whole cluster`. */
const wordsForNone: Readonly<Partial<Record<string, string>>> = {
  'object.namespace': 'the whole cluster',
  'object.name': '(no name)',
  object: '(no object)',
  workload: '(no workload)',
  impersonated: 'itself',
  ip: '(no address)',
  client: '(no client)',
}
const otherWords = '(none)'

/** Values are as they are: whoever shows the text makes it safe to show. */
export function filledText(template: string, values: FieldValues): string {
  return template.replaceAll(placeholder, (_whole, name: string) => valueOf(values, name) ?? wordsOf(name))
}

const wordsOf = (name: string): string => (Object.hasOwn(wordsForNone, name) ? wordsForNone[name] : null) ?? otherWords

/**
 * A command to be pasted into a shell, in which each value is a word or a part of one, whatever it holds. Null where that
 * cannot be: a value is missing, would be an option, cannot be shown for what it is, or stands in quotes and is no plain word.
 */
export function filledCommand(template: string, values: FieldValues): string | null {
  let command = ''
  let end = 0
  for (const found of template.matchAll(placeholder)) {
    const before = template.slice(end, found.index)
    command += before
    end = found.index + found[0].length
    const isQuoted = isInQuotes(template.slice(0, found.index))
    const word = commandPart(found[1] ?? '', values, isQuoted)
    if (word === null) return null
    command += word
  }
  return command + template.slice(end)
}

/** Words that no shell reads anything into, and none of which is an option but `-n`. */
export const kubectlObject = /^[a-z0-9][\w.-]* [\w@%+:,.][\w@%+:,.-]*(?: -n [a-z0-9][a-z0-9-]*)?$/

function commandPart(name: string, values: FieldValues, isQuoted: boolean): string | null {
  const value = valueOf(values, name)
  if (name !== 'object.kubectl') return wordOf(value, isQuoted)
  return value !== null && !isQuoted && kubectlObject.test(value) ? value : null
}

/** A field in a text of a rule: `{{actor}}`. */
export const placeholder = /\{\{\s*([^{}]*?)\s*\}\}/g

function valueOf(values: FieldValues, name: string): string | null {
  const found = Object.entries(values).find(([known]) => known === name)
  return found?.[1] ?? null
}

/** Printable ASCII. Anything else may look like something else on a screen, or end the line. */
const printable = /^[ -~]+$/
const plainWord = /^[\w@%+:,./][\w@%+=:,./-]*$/

/** As it is where no shell reads anything into it; else in single quotes (POSIX.1-2024 Shell Command Language 2.2.2). */
function wordOf(value: string | null, isQuoted: boolean): string | null {
  if (value === null || !printable.test(value) || value.startsWith('-')) return null
  if (plainWord.test(value)) return value
  return isQuoted ? null : `'${value.replaceAll("'", String.raw`'\''`)}'`
}

/** With a backslash before it, it is taken for quoted: a value may be refused that would have been safe, and never the other way. */
function isInQuotes(text: string): boolean {
  return /['"`\\]/.test(text.replaceAll(/'[^']*'|"[^"`\\]*"/g, ''))
}
