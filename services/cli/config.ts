// The command line's settings: the environment variables it reads, in one table of the shape all services have.

export const cliSettings = {
  server: {
    env: 'PLAINTRAIL_SERVER',
    parse: trimmed,
    default: null,
    describe:
      'URL of the server to ask; without it the one that runs from the data folder, else `http://127.0.0.1:7717`.',
  },
  token: {
    env: 'PLAINTRAIL_TOKEN',
    parse: trimmed,
    default: null,
    describe: 'Token to ask with (`ptr_…`), for `ingest` a `pti_…` too; without it the admin token in the data folder.',
  },
  dataFolder: {
    env: 'PLAINTRAIL_DATA',
    parse: trimmed,
    default: null,
    describe:
      'Data folder of a server on this machine; without it `.plaintrail` or `.plaintrail-demo`, whichever a server runs from.',
  },
  noColor: { env: 'NO_COLOR', parse: trimmed, default: null, describe: 'Any text turns colours off.' },
  term: { env: 'TERM', parse: trimmed, default: null, describe: '`dumb` turns colours off.' },
} as const

export type CliConfig = { readonly [Name in keyof typeof cliSettings]: string | null }

/** A variable that is empty counts as not set. */
export function readCliConfig(env: Readonly<Record<string, string | undefined>>): CliConfig {
  const read = (name: keyof typeof cliSettings): string | null => {
    const setting = cliSettings[name]
    const value = setting.parse(env[setting.env] ?? '')
    return value === '' ? setting.default : value
  }
  return {
    server: read('server'),
    token: read('token'),
    dataFolder: read('dataFolder'),
    noColor: read('noColor'),
    term: read('term'),
  }
}

function trimmed(text: string): string {
  return text.trim()
}
