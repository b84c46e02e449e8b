// countMetaSchema: what an answer says about itself whose numbers are counted over a window.

import { eventMetaSchema } from './page-schemas.ts'
import { microTimeSchema } from './value-schemas.ts'

export const countMetaSchema = eventMetaSchema
  .omit({ total: true })
  .extend({
    counted_since: microTimeSchema.describe(
      'From here to the end of the window everything was counted; after `window.since` only where `stats.partial`.',
    ),
  })
  .meta({ id: 'CountMeta', description: 'The question as it was understood, and how complete its numbers are.' })
