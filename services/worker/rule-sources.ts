// createRuleSources: brings the shipped rules and those of a folder into the store, and again when the folder changes.

import { join } from 'node:path'
import type { Logger } from '@plaintrail/runtime/logger'
import { noticeUnreadableRules } from '@plaintrail/store/notices'
import type { Store } from '@plaintrail/store/open-store'
import { putRules, replaceRules, type NewRules } from '@plaintrail/store/rules'
import { readRuleFolder, type RuleFolder } from './rule-folder.ts'

export interface RuleSourcesOptions {
  /** Whether the shipped rules are in force. */
  readonly pack: 'on' | 'off'
  /** Null where there is no folder: what one brought before stays. */
  readonly folder: string | null
}

export interface RuleSources {
  /** To be called again and again: looks at the folder every 10 seconds. Rejects with Postgres' error alone. */
  look(nowMs?: number): Promise<void>
}

const lookEveryMs = 10_000
const packFolder = join(import.meta.dirname, '../../packages/rules/packs')

export function createRuleSources(store: Store, logger: Logger, { pack, folder }: RuleSourcesOptions): RuleSources {
  let isPackKept = false
  let keptDigest = ''
  let lookedAtMs = -Infinity
  let told = ''

  /** A reason that goes on is told once. */
  const tell = (says: string, fields: Readonly<Record<string, unknown>>): void => {
    const whole = JSON.stringify([says, fields])
    if (whole !== told) logger.error(fields, says)
    told = whole
  }

  const keepPack = async (): Promise<void> => {
    const { rules, errors } = pack === 'on' ? await readRuleFolder(packFolder) : { rules: [], errors: [] }
    if (errors.length > 0) logger.error({ errors }, 'could not read all of the shipped rules')
    await keep({ source: 'pack', author: 'plaintrail', rules }, errors.length === 0)
    isPackKept = true
  }

  const keep = async (rules: NewRules, isWhole: boolean): Promise<void> => {
    // Of a file that cannot be read nobody knows which rules it had: they stay as they were.
    const { put, gone } = isWhole ? await replaceRules(store, rules) : { put: await putRules(store, rules), gone: [] }
    const changed = put.filter(({ kind }) => kind === 'put').map(({ name }) => name)
    const refused = put.filter(({ kind }) => kind === 'too-many').map(({ name }) => name)
    const { source } = rules
    if (changed.length > 0 || gone.length > 0) logger.info({ source, changed, gone }, 'rules have changed')
    if (refused.length > 0) logger.error({ source, refused }, 'could not keep some rules: there are too many')
  }

  const keepFolder = async (path: string): Promise<void> => {
    const read = await readFolder(path)
    if (read === null || read.digest === keptDigest) return
    for (const error of read.errors) logger.error({ folder: path }, `could not read a rule: ${error}`)
    if (read.errors.length > 0) await noticeUnreadableRules(store, { folder: path, ...read })
    await keep({ source: 'folder', author: path, rules: read.rules }, read.errors.length === 0)
    keptDigest = read.digest
    told = ''
  }

  const readFolder = async (path: string): Promise<RuleFolder | null> => {
    try {
      return await readRuleFolder(path)
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown'
      tell('could not read the folder of rules; those that it brought stay', { folder: path, reason })
      return null
    }
  }

  return {
    async look(nowMs = Date.now()) {
      if (nowMs - lookedAtMs < lookEveryMs) return
      if (!isPackKept) await keepPack()
      if (folder !== null) await keepFolder(folder)
      lookedAtMs = nowMs
    },
  }
}
