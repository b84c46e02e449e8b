// The image's folder made without Docker: what the Dockerfile's first stage copies and runs, and a Node of its own.

import { execFile } from 'node:child_process'
import { cp, copyFile, constants, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { promisify } from 'node:util'
import { copiesOf, isInContext, readDockerfile, root } from './dockerfile.ts'

export interface ImageLayout extends AsyncDisposable {
  /** What is /app in the image. Nobody but its owner may write in it, and whoever starts a process in it is not he. */
  readonly app: string
  /** The Node that runs this, where another user may run it too. */
  readonly node: string
  /** Where another user may write. */
  readonly scratch: string
}

const run = promisify(execFile)
const outputBytesMax = 10 * 2 ** 20

export async function makeImageLayout(): Promise<ImageLayout> {
  const folder = await mkdtemp(join(tmpdir(), 'plaintrail-image-'))
  await using stack = new AsyncDisposableStack()
  stack.defer(async () => {
    await run('chmod', ['-R', 'u+w', folder])
    await rm(folder, { recursive: true, force: true })
  })
  const [app, node, scratch] = [join(folder, 'app'), join(folder, 'node'), join(folder, 'scratch')]
  await mkdir(app)
  await mkdir(scratch)
  await copyFile(process.execPath, node, constants.COPYFILE_FICLONE)
  const [stage] = readDockerfile()
  if (stage === undefined) throw new Error('could not make the layout: the Dockerfile has no stage')
  const ignore = await readFile(join(root, '.dockerignore'), 'utf8')
  for (const { sources, target } of copiesOf(stage)) {
    for (const source of sources) {
      const destination = target.endsWith('/') ? join(app, target, source) : join(app, target)
      const filter = (from: string): boolean => isInContext(relative(root, from), ignore)
      await cp(join(root, source), destination, { recursive: true, filter, verbatimSymlinks: true })
    }
  }
  for (const { name, rest } of stage.instructions) {
    if (name !== 'RUN') continue
    const command = rest.replace(/^(--\S+\s+)+/, '')
    await run('sh', ['-ec', command], { cwd: app, env: npmEnvironment(), maxBuffer: outputBytesMax })
  }
  await run('chmod', ['-R', 'a-w,a+rX', app])
  await run('chmod', ['0755', folder])
  await run('chmod', ['0777', scratch])
  const kept = stack.move()
  return { app, node, scratch, [Symbol.asyncDispose]: () => kept.disposeAsync() }
}

/** That of a shell in which nobody runs npm; on the pinned Node, and from npm's cache where it has what is wanted. */
function npmEnvironment(): NodeJS.ProcessEnv {
  const outer = Object.entries(process.env).filter(([name]) => !/^(npm_|node_options$|vitest)/i.test(name))
  const path = `${join(root, 'node_modules/.bin')}:${process.env['PATH'] ?? ''}`
  return { ...Object.fromEntries(outer), PATH: path, npm_config_prefer_offline: 'true' }
}
