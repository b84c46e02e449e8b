// The tokens of `plaintrail login`, by server, in a file that only its owner may read.
import { CliError } from '../cli-error.ts'
import type { CliConfig } from '../config.ts'
import type { CliIo } from '../io.ts'
import { credentialsPath } from './config-file.ts'
import { isObject, readYaml, textIn } from './read-yaml.ts'

const fileMode = 0o600

/** Null where nobody logged in to that server. */
export async function storedToken(server: URL, config: CliConfig, io: CliIo): Promise<string | null> {
  const tokens = await readTokens(config, io)
  return tokens.get(server.href) ?? null
}

/** Returns the path of the file. */
export async function storeToken(server: URL, token: string, config: CliConfig, io: CliIo): Promise<string> {
  const tokens = await readTokens(config, io)
  return writeTokens(new Map([...tokens, [server.href, token]]), config, io)
}

/** Whether there was one. */
export async function forgetToken(server: URL, config: CliConfig, io: CliIo): Promise<boolean> {
  const tokens = new Map(await readTokens(config, io))
  if (!tokens.delete(server.href)) return false
  await writeTokens(tokens, config, io)
  return true
}

async function readTokens(config: CliConfig, io: CliIo): Promise<ReadonlyMap<string, string>> {
  const path = credentialsPath(config)
  const document = path === null ? null : await readYaml(path, io)
  const value: unknown = document?.toJS()
  const list = isObject(value) && Array.isArray(value['tokens']) ? value['tokens'] : []
  return new Map(
    list.flatMap((one: unknown): readonly (readonly [string, string])[] => {
      const [server, token] = isObject(one) ? [textIn(one, 'server'), textIn(one, 'token')] : [null, null]
      return server === null || token === null ? [] : [[server, token]]
    }),
  )
}

async function writeTokens(tokens: ReadonlyMap<string, string>, config: CliConfig, io: CliIo): Promise<string> {
  const path = credentialsPath(config)
  if (path === null)
    throw new CliError('usage', 'there is no place for tokens', { hint: 'Set PLAINTRAIL_CONFIG or HOME.' })
  const { stringify } = await import('yaml')
  const list = [...tokens].map(([server, token]) => ({ server, token }))
  const text = stringify({ apiVersion: 'plaintrail.dev/v1', kind: 'Credentials', tokens: list }, { lineWidth: 0 })
  await io.files.replace(path, text, fileMode)
  return path
}
