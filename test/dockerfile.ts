// The Dockerfile as data, and what .dockerignore leaves of a folder: for the tests of a deployment that they cannot run.

import { readFileSync } from 'node:fs'
import { join, matchesGlob } from 'node:path'

export const root = join(import.meta.dirname, '..')

export interface Stage {
  readonly image: string
  readonly name: string
  readonly instructions: readonly Instruction[]
}

interface Instruction {
  /** `COPY`, `RUN`, … */
  readonly name: string
  readonly rest: string
}

export function parseDockerfile(text: string): readonly Stage[] {
  const lines = text
    .split('\n')
    .filter((line) => !line.trimStart().startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const stages: { image: string; name: string; instructions: Instruction[] }[] = []
  for (const line of lines) {
    const [, name = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? []
    if (name === 'FROM') {
      const [image = '', , alias = ''] = rest.split(/\s+/)
      stages.push({ image, name: alias, instructions: [] })
    } else {
      stages.at(-1)?.instructions.push({ name, rest })
    }
  }
  return stages
}

export function readDockerfile(): readonly Stage[] {
  return parseDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'))
}

/** Sources and target of each COPY from the build context. */
export function copiesOf(stage: Stage): readonly { readonly sources: readonly string[]; readonly target: string }[] {
  return stage.instructions
    .filter(({ name, rest }) => name === 'COPY' && !rest.startsWith('--from='))
    .map(({ rest }) => {
      const words = rest.split(/\s+/)
      return { sources: words.slice(0, -1), target: words.at(-1) ?? '' }
    })
}

/** Of an instruction in its exec form; none where it is not there, or has another form. */
export function wordsOf(stage: Stage | undefined, name: string): readonly string[] {
  const rest = stage?.instructions.findLast((instruction) => instruction.name === name)?.rest ?? ''
  const start = rest.indexOf('[')
  return start < 0 ? [] : (JSON.parse(rest.slice(start)) as string[])
}

/** Whether .dockerignore leaves a path of the build context in: the last pattern that matches it or a parent decides. */
export function isInContext(path: string, ignore: string): boolean {
  const parts = path.split('/')
  const selves = parts.map((_, index) => parts.slice(0, index + 1).join('/'))
  let isIn = true
  for (const line of ignore.split('\n').map((text) => text.trim())) {
    if (line === '' || line.startsWith('#')) continue
    const isException = line.startsWith('!')
    const pattern = isException ? line.slice(1) : line
    if (selves.some((self) => matchesGlob(self, pattern))) isIn = isException
  }
  return isIn
}
