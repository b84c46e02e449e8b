// askedByDefault: what is asked where nothing else is said, which whoever reads the answer is told.
import { terminalText } from './output/terminal-text.ts'
import type { Place } from './place.ts'
import type { Session } from './session.ts'

/** What a command says itself, or does not take: the default of it does not count. */
export interface SaidBesides {
  readonly cluster: boolean
  readonly namespace: boolean
  readonly query: boolean
}

type AskedByDefault = Pick<Place, 'clusters' | 'namespace' | 'query'>

/** Throws CliError. */
export async function askedByDefault(session: Session, said: SaidBesides): Promise<AskedByDefault> {
  const place = await session.place()
  const clusters = said.cluster ? [] : place.clusters
  const namespace = said.namespace ? null : place.namespace
  const query = said.query ? null : place.query
  const parts = [
    ...(clusters.length === 0 ? [] : [{ name: 'cluster', words: `cluster:${clusters.join(',')}` } as const]),
    ...(namespace === null ? [] : [{ name: 'namespace', words: `ns:${namespace}` } as const]),
    ...(query === null ? [] : [{ name: 'query', words: query } as const]),
  ]
  const wordsOf = (isOfProject: boolean): string =>
    parts.flatMap(({ name, words }) => (place.project.chose.has(name) === isOfProject ? [words] : [])).join(' ')
  await tell(session, place, { own: wordsOf(false), project: wordsOf(true) })
  return { clusters, namespace, query }
}

/**
 * What nobody typed is told, or an answer would seem to be all there is. What a project's file says is a warning, which
 * --quiet does not silence: whoever wrote the repository must not be able to hide an event from whoever cloned it.
 */
async function tell(
  session: Session,
  { project }: Place,
  words: { readonly own: string; readonly project: string },
): Promise<void> {
  if (words.own !== '') await session.note(terminalText(`asking with ${words.own} (--no-defaults leaves it out)`))
  if (words.project !== '')
    await session.warn(
      terminalText(`! asking with ${words.project}, as ${project.path} says (--no-project ignores it)`),
    )
}
