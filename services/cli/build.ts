// Writes dist/: the command line as one file that needs nothing but Node, in a package that npm can pack and npx can run.
import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { rolldown } from 'rolldown'
import manifest from './package.json' with { type: 'json' }

const folder = import.meta.dirname
const bundled = ['commander', 'yaml', 're2js'] as const

/** Returns the folder that was written. */
export async function buildCli(dist = join(folder, 'dist')): Promise<string> {
  await rm(dist, { recursive: true, force: true })
  await using bundle = await rolldown({ input: join(folder, 'main.ts'), platform: 'node', logLevel: 'warn' })
  await bundle.write({
    file: join(dist, 'plaintrail.mjs'),
    format: 'esm',
    codeSplitting: false,
    minify: { compress: true, mangle: false, codegen: true },
  })
  // The rules that `rules test` runs; rules/pack-folder.ts looks for them here.
  await cp(join(folder, '../../packages/rules/packs'), join(dist, 'packs'), { recursive: true })
  await writeFile(join(dist, 'package.json'), `${JSON.stringify(packageOf(), null, 2)}\n`)
  await writeFile(join(dist, 'README.md'), await readFile(join(folder, '../../docs/cli.md')))
  await writeFile(join(dist, 'LICENSE'), await readFile(join(folder, '../../LICENSE')))
  await writeFile(join(dist, 'THIRD-PARTY.md'), await licences())
  return dist
}

function packageOf(): object {
  return {
    name: 'plaintrail',
    version: manifest.version,
    description: 'Who changed what, and when, in every Kubernetes cluster: ask, in a terminal.',
    license: manifest.license,
    type: 'module',
    bin: { plaintrail: 'plaintrail.mjs', 'kubectl-plaintrail': 'plaintrail.mjs' },
    engines: { node: '>=24' },
  }
}

/** The licences of what is in the bundle ask to go with it. */
async function licences(): Promise<string> {
  const { resolve } = createRequire(import.meta.url)
  const texts = bundled.map(async (name) => `## ${name}\n\n${(await licenceAbove(resolve(name))).trim()}\n`)
  return `# What is in plaintrail.mjs besides\n\n${(await Promise.all(texts)).join('\n')}`
}

/** A package's entry may be in a folder of it. */
async function licenceAbove(path: string): Promise<string> {
  const at = dirname(path)
  try {
    return await readFile(join(at, 'LICENSE'), 'utf8')
  } catch (error) {
    if (basename(dirname(at)) === 'node_modules' || at === dirname(at)) throw error
    return licenceAbove(at)
  }
}

if (import.meta.main) await buildCli()
