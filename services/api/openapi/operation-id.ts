// operationId: the name of a route for programs, and its anchor in the reference: `getEventRaw` of
// `GET /v1/events/{id}/raw`.

export function operationId({ method, path }: { readonly method: string; readonly path: string }): string {
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== 'v1')
  const words = segments.flatMap((segment, at) => {
    if (segment.startsWith('{')) return []
    const isOne = segments[at + 1]?.startsWith('{') === true
    return [isOne ? segment.replace(/s$/, '') : segment.replace('.', '-')]
  })
  return (
    method +
    words
      .flatMap((word) => word.split('-'))
      .map(capital)
      .join('')
  )
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
