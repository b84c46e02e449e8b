// The scene: everybody who acts by a script, on one cluster, and the way a script says when.
import { hourUs, minuteUs, secondUs } from './story-agenda.ts'
import * as cast from './story-cast.ts'
import type { Cluster } from './story-cluster.ts'
import type { Argo, Ci } from './story-delivery.ts'
import { argoController, ciPipeline } from './story-delivery.ts'
import type { Kubectl } from './story-kubectl.ts'
import { kubectl } from './story-kubectl.ts'

export interface Scene {
  readonly cluster: Cluster
  readonly ci: Ci
  readonly argo: Argo
  readonly alice: Kubectl
  readonly bob: Kubectl
  /** Bob with `--as system:admin --as-group system:masters`, for what his own role does not allow. */
  readonly bobAsAdmin: Kubectl
  readonly carol: Kubectl
  readonly dave: Kubectl
}

/** Does something at a time of the day, such as `10:04:31`. */
export type At = (time: string, action: () => void) => void

export function openScene(cluster: Cluster): Scene {
  const admin = { username: 'system:admin', groups: ['system:masters', 'system:authenticated'] }
  return {
    cluster,
    ci: ciPipeline(cluster),
    argo: argoController(cluster),
    alice: kubectl(cluster, cast.alice),
    bob: kubectl(cluster, cast.bob),
    bobAsAdmin: kubectl(cluster, cast.bob, admin),
    carol: kubectl(cluster, cast.carol),
    dave: kubectl(cluster, cast.dave),
  }
}

/** Scripts give whole seconds; what lies below is drawn. */
export function atOf({ agenda, random }: Cluster, dayStartUs: number): At {
  return (time, action) => {
    const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number)
    agenda.at(dayStartUs + hours * hourUs + minutes * minuteUs + seconds * secondUs + random.below(secondUs), action)
  }
}
