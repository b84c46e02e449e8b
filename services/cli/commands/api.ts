// plaintrail api: one request to the API, its answer printed as it came.
import { resolve } from 'node:path'
import type { Command } from 'commander'
import { CliError } from '../cli-error.ts'
import { terminalJson } from '../output/terminal-text.ts'
import type { RunCommand, Session } from '../session.ts'

const bodyBytesMax = 64 * 1024 * 1024

export function addApi(program: Command, run: RunCommand): void {
  program
    .command('api')
    .summary('one request to the API')
    .description('Sends one request with your token and prints the answer as it came.')
    .argument('<method>', 'GET, POST …')
    .argument('<path>', 'path and query: /v1/events?ns=shop')
    .option('--input <file>', 'the body, JSON; - for stdin')
    .addHelpText('after', helpText)
    .action((method: string, path: string, options: { readonly input?: string }, command: Command) =>
      run(command, (session) => api(session, { method, path }, options.input)),
    )
}

const helpText = `
Examples:
  plaintrail api GET '/v1/events?ns=shop&limit=1'
  echo '{"name":"dev"}' | plaintrail api POST /v1/clusters --input -`

async function api(session: Session, request: { method: string; path: string }, input?: string): Promise<void> {
  const method = request.method.toUpperCase()
  if (!/^[A-Z]{1,16}$/.test(method) || !request.path.startsWith('/'))
    throw new CliError('usage', `could not read the request "${request.method} ${request.path}"`, {
      hint: 'Write a method and a path, such as GET /v1/clusters.',
    })
  const body = input === undefined ? {} : { body: await readInput(session, input) }
  const client = await session.api()
  const response = await client.send({ method, path: request.path, ...body })
  const { stdout } = session.io
  await stdout.write(stdout.isTty ? `${terminalJson(Buffer.from(response.bytes).toString())}\n` : response.bytes)
  if (response.status < 200 || response.status >= 300) throw client.refusal(response)
}

async function readInput(session: Session, input: string): Promise<Uint8Array<ArrayBuffer>> {
  const { io } = session
  try {
    const chunks = input === '-' ? io.stdin : (await io.files.open(resolve(io.folder, input))).chunks
    const parts: Uint8Array[] = []
    let length = 0
    for await (const chunk of chunks) {
      length += chunk.length
      if (length > bodyBytesMax) throw new RangeError(`it is longer than ${bodyBytesMax} bytes`)
      parts.push(chunk)
    }
    return Buffer.concat(parts, length)
  } catch (error) {
    throw new CliError('usage', `could not read ${input}: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    })
  }
}
