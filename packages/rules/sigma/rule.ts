// readSigmaRule: what a document of Sigma says: a rule, or a correlation of rules.

import { jsonOf, type Located, type LocatedMap } from '../located.ts'
import { readDetection } from './detection.ts'
import { mendedSigma } from './mends.ts'
import type { SigmaNode } from './node.ts'
import { SigmaProblem, type TellSigma } from './note.ts'

export interface SigmaHead {
  readonly title: string
  /** What others refer to it by; null where it has none. */
  readonly id: string | null
  readonly name: string | null
  readonly at: number
  readonly root: LocatedMap
}

export interface SigmaRule extends SigmaHead {
  readonly kind: 'rule'
  readonly node: SigmaNode
  /** As written, for who wants it back. */
  readonly detection: unknown
}

export interface SigmaCorrelation extends SigmaHead {
  readonly kind: 'correlation'
  readonly correlation: LocatedMap
}

/** A document of Sigma, by its shape: rules here have neither field. */
export function isSigmaDocument(root: Located): root is LocatedMap {
  if (root.kind !== 'map' || root.entries.has('apiVersion')) return false
  return root.entries.has('detection') || root.entries.has('correlation') || isFilter(root)
}

const isFilter = (root: LocatedMap): boolean => root.entries.has('filter') && root.entries.has('logsource')

export function sigmaHead(root: LocatedMap): SigmaHead {
  const text = (name: string): string | null => {
    const value = root.entries.get(name)?.value
    return value?.kind === 'text' && value.text.trim() !== '' ? value.text.trim() : null
  }
  const title = root.entries.get('title')
  return {
    title: text('title') ?? '',
    id: text('id'),
    name: text('name'),
    at: title?.value.from ?? root.from,
    root,
  }
}

/** Throws SigmaProblem for what is no rule here. `source` is the text of the file. */
export function readSigmaRule(head: SigmaHead, source: string, tell: TellSigma): SigmaRule | SigmaCorrelation {
  const { root } = head
  const { entries } = root
  const action = entries.get('action')
  if (action !== undefined)
    throw new SigmaProblem('collections by "action" are no part of Sigma any more: write each rule whole', action.from)
  if (isFilter(root))
    throw new SigmaProblem('a filter is no rule: write it as an exception of the rules it is for', root.from)
  if (head.title === '') throw new SigmaProblem('it has no title', root.from)
  const correlation = entries.get('correlation')
  if (correlation !== undefined) {
    const both = entries.get('detection') ?? entries.get('logsource')
    if (both !== undefined) throw new SigmaProblem('a correlation has no detection of its own', both.from)
    if (correlation.value.kind !== 'map') throw new SigmaProblem('the correlation is no map', correlation.from)
    return { ...head, kind: 'correlation', correlation: correlation.value }
  }
  checkLogsource(entries.get('logsource')?.value, root.from, tell)
  const detection = entries.get('detection')
  if (detection?.value.kind !== 'map') throw new SigmaProblem('the detection is no map', detection?.from ?? root.from)
  const node = mendedSigma(readDetection(detection.value, source, tell), tell)
  return { ...head, kind: 'rule', node, detection: jsonOf(detection.value) }
}

/** Only the audit log of Kubernetes itself has the fields that are known here. */
function checkLogsource(value: Located | undefined, at: number, tell: TellSigma): void {
  if (value?.kind !== 'map')
    throw new SigmaProblem('it does not say which log it is about (logsource)', value?.from ?? at)
  for (const [name, { from }] of value.entries)
    if (!['product', 'service', 'category'].includes(name))
      tell({
        what: `logsource.${name.slice(0, 60)}`,
        why: 'a rule here has no place for it',
        kind: 'changed',
        at: from,
      })
  const said = (name: string): string | null => {
    const found = value.entries.get(name)?.value
    return found?.kind === 'text' ? found.text.trim().toLowerCase() : null
  }
  const [product, service, category] = [said('product'), said('service'), said('category')]
  const isAudit = product === 'kubernetes' && (service === null || /^audit(?:_logs?)?$/.test(service))
  if (isAudit && (category === null || category === 'application' || category === 'audit')) return
  if (isAuditOtherwise([product, service, category]))
    return tell({
      what: 'logsource',
      why: "it is taken for Kubernetes' audit log, which is product: kubernetes, service: audit",
      kind: 'changed',
      at: value.from,
    })
  const shown = [product, service, category].filter((word) => word !== null).join('/')
  throw new SigmaProblem(`it is about the log ${shown.slice(0, 80)}, not Kubernetes' audit log`, value.from)
}

/** `service: kubernetes.audit`, `category: k8s_audit`: every word of it says so. */
function isAuditOtherwise(said: readonly (string | null)[]): boolean {
  const words = said.flatMap((one) => one?.split(/[^a-z0-9]+/) ?? []).filter((word) => word !== '')
  const isKnown = words.every((word) =>
    /^(?:(?:kubernetes|k8s|kube)?audit|kubernetes|k8s|kube|application|logs?)$/.test(word),
  )
  const all = words.join(' ')
  return isKnown && /kubernetes|k8s|kube/.test(all) && all.includes('audit')
}
