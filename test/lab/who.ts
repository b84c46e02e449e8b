// whoOf: the events that `plaintrail who` names for an object of the week.

import { plaintrail } from '../command-line.ts'
import type { AnswersOptions } from './answers.ts'

interface System {
  readonly dataFolder: string
}

/** Rejects where the command fails otherwise than by knowing of no such object. */
export function whoOf(system: System, cluster: string): AnswersOptions['who'] {
  return async ({ kind, namespace, name }) => {
    const words = ['who', `${kind}/${name}`, '-n', namespace, '-c', cluster, '--all', '--limit', '1000', '-o', 'json']
    const { code, out, err } = await plaintrail(system, ...words)
    if (code === notFound) return new Set()
    if (code !== 0) throw new Error(`plaintrail who ${kind}/${name} ended with ${code}: ${err}`)
    return new Set((JSON.parse(out) as { data: { id: string }[] }).data.map(({ id }) => id))
  }
}

const notFound = 5
