// The command line's settings: the environment variables it reads, in one table of the shape all services have.

export const cliSettings = {
  server: {
    env: 'PLAINTRAIL_SERVER',
    parse: trimmed,
    default: null,
    describe:
      'URL of the server to ask; without it that of the context, else the one that runs from the data folder, else `http://127.0.0.1:7717`.',
  },
  token: {
    env: 'PLAINTRAIL_TOKEN',
    parse: trimmed,
    default: null,
    describe:
      'Token to ask with (`ptr_…`), for `ingest` a `pti_…` too; without it the one of `plaintrail login`, else the admin token in the data folder.',
  },
  context: {
    env: 'PLAINTRAIL_CONTEXT',
    parse: trimmed,
    default: null,
    describe: 'Context to use, in place of the one that the project or `plaintrail context use` chose.',
  },
  cluster: {
    env: 'PLAINTRAIL_CLUSTER',
    parse: trimmed,
    default: null,
    describe: 'Cluster to ask about where none is given; several with commas.',
  },
  configFile: {
    env: 'PLAINTRAIL_CONFIG',
    parse: trimmed,
    default: null,
    describe:
      'File of the contexts; without it `plaintrail/config.yaml` in `XDG_CONFIG_HOME`. Tokens are beside it, in `credentials.yaml`.',
  },
  dataFolder: {
    env: 'PLAINTRAIL_DATA',
    parse: trimmed,
    default: null,
    describe:
      'Data folder of a server on this machine; without it `.plaintrail` or `.plaintrail-demo`, whichever a server runs from.',
  },
  insecureHttp: {
    env: 'PLAINTRAIL_INSECURE_HTTP',
    parse: trimmed,
    default: null,
    describe:
      '`1` or `true`: the token may go to another machine over plain `http://`, where whoever listens in between reads it. Without it that is refused.',
  },
  kubeconfig: {
    env: 'KUBECONFIG',
    parse: trimmed,
    default: null,
    describe: 'As kubectl reads it, and only as its plugin: the current context chooses cluster and namespace.',
  },
  noProject: {
    env: 'PLAINTRAIL_NO_PROJECT',
    parse: trimmed,
    default: null,
    describe: '`1` or `true`: no `.plaintrail.yaml` counts, as with `--no-project`.',
  },
  configHome: {
    env: 'XDG_CONFIG_HOME',
    parse: trimmed,
    default: null,
    describe: 'Folder of configuration; without it `.config` in `HOME`.',
  },
  home: { env: 'HOME', parse: trimmed, default: null, describe: 'The home folder.' },
  pager: {
    env: 'PLAINTRAIL_PAGER',
    parse: trimmed,
    default: null,
    describe:
      'What is longer than the screen goes to this program, on a terminal only; without it `PAGER`, else `less`. `cat` is none.',
  },
  pagerOfAll: { env: 'PAGER', parse: trimmed, default: null, describe: 'The pager of every program.' },
  externalDiff: {
    env: 'PLAINTRAIL_EXTERNAL_DIFF',
    parse: trimmed,
    default: null,
    describe:
      'Program and words that `diff` shows two states with, given two folders as kubectl gives them; without it `KUBECTL_EXTERNAL_DIFF`, else none.',
  },
  externalDiffOfKubectl: {
    env: 'KUBECTL_EXTERNAL_DIFF',
    parse: trimmed,
    default: null,
    describe: 'What `kubectl diff` shows with.',
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
    context: read('context'),
    cluster: read('cluster'),
    configFile: read('configFile'),
    dataFolder: read('dataFolder'),
    insecureHttp: read('insecureHttp'),
    kubeconfig: read('kubeconfig'),
    noProject: read('noProject'),
    configHome: read('configHome'),
    home: read('home'),
    pager: read('pager') ?? read('pagerOfAll'),
    pagerOfAll: read('pagerOfAll'),
    externalDiff: read('externalDiff') ?? read('externalDiffOfKubectl'),
    externalDiffOfKubectl: read('externalDiffOfKubectl'),
    noColor: read('noColor'),
    term: read('term'),
  }
}

/** Of a variable that allows something: anything else than these words does not. */
export const isYes = (value: string | null): boolean => value === '1' || value === 'true'

function trimmed(text: string): string {
  return text.trim()
}
