// actorView: how actors are shown in a list.
import type { Actor } from './answers.ts'
import { terminalText } from './output/terminal-text.ts'
import type { View } from './output/view.ts'
import type { Session } from './session.ts'

export function actorView(session: Session): View<Actor> {
  const first = (all: Actor['clients']): string => terminalText(all[0]?.value ?? '-')
  return {
    columns: [
      { title: 'WHO', cell: ({ name }) => terminalText(name || '(not authenticated)'), look: 'bold' },
      { title: 'TYPE', cell: ({ type }) => terminalText(type), look: 'dim' },
      { title: 'ASKED', cell: ({ requests }) => String(requests) },
      { title: 'CHANGES', cell: (actor) => String(actor.by_class['write'] ?? 0) },
      {
        title: 'REFUSED',
        cell: (actor) => String((actor.by_outcome['denied'] ?? 0) + (actor.by_outcome['rejected'] ?? 0)),
      },
      { title: 'KNOWN SINCE', cell: (actor) => terminalText(session.when(actor.first_seen)) },
      { title: 'LAST SEEN', cell: (actor) => terminalText(session.when(actor.last_seen)) },
      { title: 'WITH', cell: ({ clients }) => first(clients), look: 'dim' },
      { title: 'FROM', cell: ({ ips }) => first(ips), look: 'dim' },
      { title: 'ID', cell: ({ id }) => terminalText(id), look: 'dim', isWide: true },
    ],
    nameOf: ({ name }) => name,
  }
}
