// crashingStore: a store whose statements fail now and then, as where the process dies: before they are run, or after.

import type pg from 'pg'
import type { Store } from './open-store.ts'

/** Of the statements of transactions one in so many fails, before it is run or after; later ones a little later each time. */
export function crashingStore(real: Store, every: number, isDone: boolean): Store {
  let left = every
  let crashes = 0
  const crashed = (): boolean => {
    left -= 1
    if (left > 0) return false
    crashes += 1
    left = every + crashes
    return true
  }
  const wrapped = (client: pg.PoolClient): pg.PoolClient =>
    new Proxy(client, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name)
        if (typeof member !== 'function') return member
        if (name !== 'query') return member.bind(target) as unknown
        return async (...args: unknown[]): Promise<unknown> => {
          const isCrash = args[0] !== 'rollback' && crashed()
          if (isCrash && !isDone) throw new Crash()
          const result = (await Reflect.apply(member, target, args)) as unknown
          if (isCrash) throw new Crash()
          return result
        }
      },
    })
  const pool = new Proxy(real.pool, {
    get(target, name) {
      if (name === 'connect') return async () => wrapped(await target.connect())
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? (member.bind(target) as unknown) : member
    },
  })
  return { ...real, pool }
}

export class Crash extends Error {}
