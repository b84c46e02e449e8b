// A bounded cache whose keys are lists of texts. Looked up text by text: joining them into one would cost a copy and a hash
// of the whole each time, which was a third of the time that encoding a batch took.

export interface PathCache<T> {
  get(path: readonly string[]): T | undefined
  set(path: readonly string[], value: T): void
  /** Starts again when there are more than entriesMax: what is in use comes back at once. */
  trim(): void
}

interface Node<T> {
  value: T | undefined
  next: Map<string, Node<T>> | null
}

/** It grows until it is trimmed, so that nothing vanishes between being set and being read. */
export function createPathCache<T>(entriesMax: number): PathCache<T> {
  let root: Node<T> = { value: undefined, next: null }
  let entries = 0
  return {
    get(path) {
      let node: Node<T> | undefined = root
      for (const text of path) {
        node = node.next?.get(text)
        if (node === undefined) return undefined
      }
      return node.value
    },
    set(path, value) {
      let node = root
      for (const text of path) {
        node.next ??= new Map()
        let next = node.next.get(text)
        if (next === undefined) {
          next = { value: undefined, next: null }
          // A copy: a text that was cut from a longer one keeps all of that in memory.
          node.next.set(Buffer.from(text).toString(), next)
          entries += 1
        }
        node = next
      }
      node.value = value
    },
    trim() {
      if (entries <= entriesMax) return
      root = { value: undefined, next: null }
      entries = 0
    },
  }
}
