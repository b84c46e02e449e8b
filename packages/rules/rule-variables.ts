// ruleVariables: what the expression of a rule can name, and of which kind each is. docs/rules.md says what they hold.
import type { StaticKind } from '@plaintrail/cel/overload'

/** Of a rule on events. What may be null, or anything, is `dyn`. */
export const eventVariables = {
  event: 'map',
  actor: 'map',
  impersonated: 'dyn',
  initiator: 'map',
  object: 'dyn',
  oldObject: 'dyn',
  diff: 'list',
  request: 'map',
  response: 'map',
  podSpec: 'map',
  containers: 'list',
  certificateRequest: 'dyn',
  params: 'map',
} as const satisfies Readonly<Record<string, StaticKind>>

/** Of a rule on gaps in what a cluster sent. */
const gapVariables = { gap: 'map', params: 'map' } as const satisfies Readonly<Record<string, StaticKind>>

export const variablesOf = (on: 'event' | 'gap'): Readonly<Record<string, StaticKind>> =>
  on === 'gap' ? gapVariables : eventVariables
