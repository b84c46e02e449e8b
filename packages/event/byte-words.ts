// ByteWords: a small set of ASCII words that is looked up by bytes, so that a loop over a body makes no strings.

export interface ByteWords {
  readonly words: readonly string[]
  /** By length, first and last byte of a word: its index + 1. Zero where no word has them. */
  readonly slots: Uint8Array
}

/** Words of 1 to 63 bytes, at most 255, no two alike in length, first and last byte. Throws where they are not. */
export function byteWords(words: readonly string[]): ByteWords {
  const slots = new Uint8Array(lengthEnd * 256)
  for (const [index, word] of words.entries()) {
    const bytes = Buffer.from(word, 'latin1')
    const slot = slotOf(bytes, 0, bytes.length)
    if (slots[slot] !== 0) throw new Error(`could not tell ${word} from another word: list them apart`)
    slots[slot] = index + 1
  }
  return { words, slots }
}

const lengthEnd = 64

function slotOf(bytes: Uint8Array, start: number, end: number): number {
  const length = end - start
  if (length === 0 || length >= lengthEnd) return 0
  return length * 256 + (((bytes[start] ?? 0) + 2 * (bytes[end - 1] ?? 0)) & 255)
}

/**
 * The index of the only word that `bytes[start..end)` can be, or -1. It may still be another text of the same length,
 * first and last byte; comparing all bytes of every key costs 1.5 µs an event, this 0.2 µs.
 */
export function likelyWord(words: ByteWords, bytes: Uint8Array, start: number, end: number): number {
  return (words.slots[slotOf(bytes, start, end)] ?? 0) - 1
}

/** The index of the word that `bytes[start..end)` is, or -1. */
export function indexOfWord(words: ByteWords, bytes: Uint8Array, start: number, end: number): number {
  const index = likelyWord(words, bytes, start, end)
  if (index < 0) return -1
  const word = words.words[index] ?? ''
  for (let at = 0; at < word.length; at++) if (word.charCodeAt(at) !== bytes[start + at]) return -1
  return index
}
