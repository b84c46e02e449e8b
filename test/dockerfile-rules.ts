// What must hold for the Dockerfile and .dockerignore, as functions over their content: each returns what breaks it.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { ComposeFile } from './compose-rules.ts'
import { copiesOf, isInContext, root, wordsOf, type Stage } from './dockerfile.ts'

export interface ImageFiles {
  readonly stages: readonly Stage[]
  readonly ignore: string
  readonly compose: ComposeFile
  /** Of package.json's Node. */
  readonly nodeVersion: string
}

export type ImageRule = (files: ImageFiles) => readonly string[]

const inside = [
  'package.json',
  'package-lock.json',
  'migrations/0001_clusters.sql',
  'packages/store/open-store.ts',
  'services/api/main.ts',
  'services/standalone/demo/story.jsonl.gz',
]
const outside = [
  '.git/config',
  '.env',
  'test/system.ts',
  'docs/api.md',
  'node_modules/express/index.js',
  'packages/event/node_modules/a/index.js',
  'packages/event/scan.test.ts',
  'packages/store/events-for-tests.ts',
  'services/api/README.md',
]

export const imageRules = {
  'is based on the Node that package.json pins': ({ stages, nodeVersion }) =>
    stages.map(({ image }) => image).filter((image) => image !== `node:${nodeVersion}-bookworm-slim`),
  'installs what the lock file names, without the packages of development': ({ stages }) => {
    const runs = linesOf(stages[0], 'RUN').filter((line) => /\bnpm (ci|i|install)\b/.test(line))
    return runs.length === 1 && /npm ci --omit=dev\b/.test(runs[0] ?? '') ? [] : [`installs by ${String(runs)}`]
  },
  'runs as the user of the compose file': ({ stages, compose }) => {
    const users = linesOf(stages.at(-1), 'USER')
    const { user } = ours(compose)
    return users.length === 1 && users[0] === user ? [] : [`runs as ${String(users)}, and not as ${user}`]
  },
  'has each folder that a volume is mounted on, and its user owns it': ({ stages, compose }) => {
    const { user, folders } = ours(compose)
    const [uid = '', gid = ''] = user.split(':')
    const made = linesOf(stages.at(-1), 'RUN').join(' && ')
    return folders.filter((folder) => !new RegExp(`install -d -o ${uid} -g ${gid} [^&]*${folder}( |$)`).test(made))
  },
  'starts without a shell, and what it starts is there': ({ stages }) => {
    const [entry, command] = [wordsOf(stages.at(-1), 'ENTRYPOINT'), wordsOf(stages.at(-1), 'CMD')]
    const file = command.at(-1) ?? ''
    return [
      ...(String(entry) === 'node' ? [] : [`ENTRYPOINT ${String(entry)}`]),
      ...(existsSync(join(root, file)) && file.endsWith('.ts') ? [] : [`CMD ${file}`]),
    ]
  },
  'says whether it is well': ({ stages }) => {
    const words = wordsOf(stages.at(-1), 'HEALTHCHECK')
    return words[0] === 'node' && words.at(-1)?.includes('/readyz') === true ? [] : ['no health check']
  },
  'holds what runs, and nothing else': ({ stages, ignore }) => {
    const sources = stages.flatMap(copiesOf).flatMap((copy) => copy.sources)
    const isIn = (path: string): boolean =>
      sources.some((source) => path === source || path.startsWith(`${source}/`)) && isInContext(path, ignore)
    return [
      ...inside.filter((path) => !isIn(path) || !existsSync(join(root, path))).map((path) => `${path} is missing`),
      ...outside.filter(isIn).map((path) => `${path} is in it`),
    ]
  },
} as const satisfies Readonly<Record<string, ImageRule>>

function linesOf(stage: Stage | undefined, name: string): readonly string[] {
  return stage?.instructions.filter((instruction) => instruction.name === name).map(({ rest }) => rest) ?? []
}

/** The user of our own services, and where they have volumes. */
function ours(compose: ComposeFile): { readonly user: string; readonly folders: readonly string[] } {
  const services = Object.values(compose.services).filter(({ image }) => image.startsWith('plaintrail:'))
  const mounts = services.flatMap(({ volumes = [] }) => volumes)
  return { user: services[0]?.user ?? '', folders: [...new Set(mounts.map((mount) => mount.split(':')[1] ?? ''))] }
}
