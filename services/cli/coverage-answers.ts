// What the API answers about coverage and controls, as types: each is looked at once here, and taken as it is after that.
import type { components } from '@plaintrail/api-client/api-types'
import type { List } from './answers.ts'

type Schemas = components['schemas']
export type ClusterCoverage = Schemas['ClusterCoverage']
export type RuleCoverage = Schemas['RuleCoverage']
export type Control = Schemas['Control']
export type ControlAnswer = Schemas['ControlAnswer']
export type ControlRule = Schemas['ControlRule']

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null

const hasLists = (fields: Fields, ...names: readonly string[]): boolean =>
  names.every((name) => Array.isArray(fields[name]))

/** Enough to tell another program's answer from ours; what is within is the server's promise. */
export function isClusterCoverage(value: unknown): value is ClusterCoverage {
  return (
    isFields(value) &&
    typeof value['cluster'] === 'string' &&
    hasLists(value, 'rules', 'gaps') &&
    isFields(value['counts'])
  )
}

export function isControlList(value: unknown): value is List<Control> {
  return (
    isFields(value) &&
    Array.isArray(value['data']) &&
    value['data'].every(
      (one: unknown) => isFields(one) && typeof one['id'] === 'string' && typeof one['rules'] === 'number',
    )
  )
}

export function isControlAnswer(value: unknown): value is ControlAnswer {
  return isFields(value) && typeof value['id'] === 'string' && hasLists(value, 'rules', 'clusters')
}
