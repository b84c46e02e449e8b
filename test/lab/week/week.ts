// week: the whole story, in order.

import { friday } from './friday.ts'
import { monday } from './monday.ts'
import { saturday } from './saturday.ts'
import type { Step } from './step.ts'
import { sunday } from './sunday.ts'
import { thursday } from './thursday.ts'
import { tuesday } from './tuesday.ts'
import { wednesday } from './wednesday.ts'

export const week: readonly Step[] = [
  ...monday,
  ...tuesday,
  ...wednesday,
  ...thursday,
  ...friday,
  ...saturday,
  ...sunday,
]
