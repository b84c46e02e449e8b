// failAt: a process of the fault suite ends itself, as by kill -9, when it comes to a step for the n-th time. The step and the
// number are in its environment; the product's own code knows nothing of it.

const step = process.env['PLAINTRAIL_TEST_FAILPOINT'] ?? ''
const after = Number(process.env['PLAINTRAIL_TEST_FAILPOINT_AFTER'] ?? 1)
let arrivals = 0

export function failAt(name: string): void {
  if (name !== step) return
  arrivals += 1
  if (arrivals >= after) process.kill(process.pid, 'SIGKILL')
}

/** An async function with a step before it and one after. */
export function between<Args extends unknown[], Result>(
  names: { readonly before: string; readonly after: string },
  run: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  return async (...args) => {
    failAt(names.before)
    const result = await run(...args)
    failAt(names.after)
    return result
  }
}
