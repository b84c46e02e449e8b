// plaintrail rules: what is worth knowing, as files and on the server.
import type { Command } from 'commander'
import type { RunCommand } from '../session.ts'
import { addRulesApply } from './rules-apply.ts'
import { addRulesBacktest } from './rules-backtest.ts'
import { addRulesExplain } from './rules-explain.ts'
import { addRulesGet } from './rules-get.ts'
import { addRulesLint } from './rules-lint.ts'
import { addRulesList } from './rules-list.ts'
import { addRulesRun } from './rules-run.ts'
import { addRulesTest } from './rules-test.ts'

export function addRules(program: Command, run: RunCommand): void {
  const rules = program
    .command('rules')
    .summary('what is worth knowing: rules on the server and in files')
    .description(
      'Rules say which events matter (docs/rules.md). list, get, apply, delete, explain and backtest ask the server; lint, test and run work on files of this machine and ask no server.',
    )
    .addHelpText('after', helpText)
  addRulesList(rules, run)
  addRulesGet(rules, run)
  addRulesApply(rules, run)
  addRulesExplain(rules, run)
  addRulesBacktest(rules, run)
  addRulesLint(rules, run)
  addRulesTest(rules, run)
  addRulesRun(rules, run)
}

const helpText = `
Examples:
  plaintrail rules test                                        # the rules that come with Plaintrail
  plaintrail rules run ./rules --events audit.log --fail-on 'severity>=high'`
