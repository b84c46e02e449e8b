// DELETE /v1/exports/{id}: end it, and throw its files away.

import { cancelExport } from '@plaintrail/store/exports'
import type { RouteParts } from '../api-parts.ts'
import type { Route } from '../authenticate.ts'
import { exportAnswer } from '../export-answer.ts'
import { findOrRefuse } from './get-exports.ts'

export function deleteExport(parts: RouteParts): Route {
  return async (request, response, caller) => {
    await cancelExport(parts.store, caller.scope, String(request.params['id']))
    response.json(exportAnswer(await findOrRefuse(parts, request, caller)))
  }
}
