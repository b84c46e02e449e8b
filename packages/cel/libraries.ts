// All functions of the language, as Kubernetes has it.

import { conversions } from './library-conversions.ts'
import { format } from './library-format.ts'
import { lists } from './library-lists.ts'
import { networks } from './library-network.ts'
import { quantities } from './library-quantity.ts'
import { versions } from './library-semver.ts'
import { urls } from './library-url.ts'
import { encoders, math } from './library-math.ts'
import { operators } from './library-operators.ts'
import { optionals } from './library-optionals.ts'
import { strings } from './library-strings.ts'
import { timeParts } from './library-times.ts'
import type { Overload } from './overload.ts'

export const libraries: readonly Overload[] = [
  ...operators,
  ...conversions,
  ...timeParts,
  ...strings,
  ...optionals,
  ...format,
  ...lists,
  ...math,
  ...encoders,
  ...quantities,
  ...versions,
  ...networks,
  ...urls,
]
