// imagesIn: the images of containers within a value: what `image:` finds where no change is about the image alone, because
// the object was created, or a container came as a whole.

import type { FieldPath, PathSegment } from './field-path.ts'

export interface FoundImage {
  /** Of the field `image`, from the root of the object. */
  readonly path: FieldPath
  readonly image: string
}

/** Lists of a pod's spec whose items run an image (core/v1 PodSpec), wherever an object holds such a spec. */
const containerLists: ReadonlySet<string> = new Set(['containers', 'initContainers', 'ephemeralContainers'])
/** Of one value; more are left out. */
const imagesMax = 100
/** Levels of a value: an object that runs pods has fewer than ten above them. */
const levelsMax = 30

/** `path` is where the value is. Linear, and pure. */
export function imagesIn(value: unknown, path: FieldPath): readonly FoundImage[] {
  const found: FoundImage[] = []
  const open: (readonly [value: unknown, path: FieldPath])[] = [[value, path]]
  for (let next = open.pop(); next !== undefined && found.length < imagesMax; next = open.pop()) {
    const [inner, at] = next
    if (at.length > path.length + levelsMax) continue
    if (Array.isArray(inner)) {
      for (const [index, item] of inner.entries()) open.push([item, [...at, segmentOf(item, index)]])
    } else if (isObject(inner)) {
      for (const [name, member] of Object.entries(inner)) {
        const own: FieldPath = [...at, { kind: 'field', name }]
        if (name === 'image' && typeof member === 'string' && isContainer(at)) found.push({ path: own, image: member })
        else if (typeof member === 'object') open.push([member, own])
      }
    }
  }
  return found
}

function isContainer(path: FieldPath): boolean {
  const list = path.at(-2)
  return path.at(-1)?.kind !== 'field' && list?.kind === 'field' && containerLists.has(list.name)
}

/** Containers go by their names, which no two of a pod share. */
function segmentOf(item: unknown, index: number): PathSegment {
  const name = isObject(item) ? item['name'] : undefined
  return typeof name === 'string' ? { kind: 'item', keys: [{ name: 'name', value: name }] } : { kind: 'index', index }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
