// routeTable: every route of the API. A new one is a line here; services/api/README.md says how.

import type { ApiRoute } from './route.ts'
import { actorRoutes } from './routes/actor-routes.ts'
import { backtestRoutes } from './routes/backtest-routes.ts'
import { clusterRoutes } from './routes/cluster-routes.ts'
import { controlRoutes } from './routes/control-routes.ts'
import { countRoutes } from './routes/count-routes.ts'
import { eventRoutes } from './routes/event-routes.ts'
import { exportRoutes } from './routes/export-routes.ts'
import { exceptionRoutes } from './routes/exception-routes.ts'
import { findingRoutes } from './routes/finding-routes.ts'
import { objectRoutes } from './routes/object-routes.ts'
import { queryRoutes } from './routes/query-routes.ts'
import { revisionRoutes } from './routes/revision-routes.ts'
import { ruleRoutes } from './routes/rule-routes.ts'
import { serverRoutes } from './routes/server-routes.ts'
import { sessionRoutes } from './routes/session-routes.ts'
import { streamRoutes } from './routes/stream-routes.ts'
import { tokenRoutes } from './routes/token-routes.ts'
import { upkeepRoutes } from './routes/upkeep-routes.ts'

export const routeTable: readonly ApiRoute[] = [
  ...eventRoutes,
  ...streamRoutes,
  ...queryRoutes,
  ...countRoutes,
  ...objectRoutes,
  ...revisionRoutes,
  ...actorRoutes,
  ...sessionRoutes,
  ...exportRoutes,
  ...ruleRoutes,
  ...backtestRoutes,
  ...findingRoutes,
  ...exceptionRoutes,
  ...clusterRoutes,
  ...tokenRoutes,
  ...controlRoutes,
  ...upkeepRoutes,
  ...serverRoutes,
]
