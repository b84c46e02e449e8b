// commentLines: texts as lines that YAML, patch(1) and kubectl read over. Parts of them are what clients sent.

/** Each line of each text with `# ` before it; null for no text. No text ends its comment, whatever is in it. */
export function commentLines(texts: readonly (string | null)[]): string {
  return texts
    .flatMap((text) => text?.trimEnd().split('\n') ?? [])
    .map((line) => `# ${line.replaceAll(/[\p{C}\u2028\u2029]+/gu, ' ')}\n`)
    .join('')
}
