// stateCell: in a column, what people made of a finding, and what waits for a second person.
import { terminalText } from './output/terminal-text.ts'
import type { Finding } from './rule-answers.ts'

export function stateCell({ state, regressed, proposed }: Finding['triage']): string {
  const said = regressed ? 'open again' : state
  return terminalText(proposed === null ? said : `${said}, ignore?`)
}
