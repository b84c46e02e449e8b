// falcoTextsIn: the files of Falco that stand as texts in a values file of Helm or in a ConfigMap.

import type { Located, LocatedMap, LocatedText } from '../located.ts'

/** None where it is neither. */
export function falcoTextsIn(root: Located): readonly LocatedText[] {
  if (root.kind !== 'map') return []
  const isConfigMap = textAt(root, 'kind') === 'ConfigMap'
  return (
    isConfigMap ? [mapAt(root, 'data')] : [mapAt(root, 'customRules'), mapAt(mapAt(root, 'falco'), 'customRules')]
  )
    .flatMap((map) => [...(map?.entries.values() ?? [])])
    .flatMap(({ value }) => (value.kind === 'text' && isOfFalco(value.text) ? [value] : []))
}

/** A line of it begins an item of Falco. */
const isOfFalco = (text: string): boolean => /^[ \t]*-\s+(?:rule|macro|list)[ \t]*:/m.test(text)

function mapAt(map: LocatedMap | null, name: string): LocatedMap | null {
  const value = map?.entries.get(name)?.value
  return value?.kind === 'map' ? value : null
}

function textAt(map: LocatedMap, name: string): string | null {
  const value = map.entries.get(name)?.value
  return value?.kind === 'text' ? value.text : null
}
