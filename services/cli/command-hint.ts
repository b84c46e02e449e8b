// commandHint: what the server says of how to mend something, in words of the command line: it names routes, which nobody types.

/** By route, as hints of the API name them. */
const commands: Readonly<Record<string, string>> = {
  'GET /v1/actors': 'plaintrail actors',
  'GET /v1/clusters': 'plaintrail cluster list',
  'GET /v1/controls': 'plaintrail controls list',
  'GET /v1/events': 'plaintrail events',
  'GET /v1/exceptions': 'plaintrail exceptions list',
  'GET /v1/exports': 'plaintrail export --list',
  'GET /v1/exports/{id}': 'plaintrail export --list',
  'GET /v1/findings': 'plaintrail findings list',
  'GET /v1/findings?shadow=true': 'plaintrail findings list --shadow',
  'GET /v1/jobs?state=dead': 'plaintrail jobs list',
  'GET /v1/rules': 'plaintrail rules list',
  'GET /v1/tokens': 'plaintrail token list',
  'POST /v1/backtests': 'plaintrail rules backtest',
  'POST /v1/rules/validate': 'plaintrail rules lint',
}

const route = /\b(GET|POST|PUT|PATCH|DELETE) (\/v1\/[\w/{}?=&-]*)/g

/** A route that no command asks is asked by `plaintrail api`. */
export function commandHint(hint: string): string {
  return hint.replaceAll(route, (named: string, method: string, path: string) => {
    const known = Object.hasOwn(commands, named) ? commands[named] : undefined
    return `\`${known ?? `plaintrail api ${method} ${path}`}\``
  })
}
