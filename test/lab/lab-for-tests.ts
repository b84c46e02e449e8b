// The programs of control planes for the tests that need real ones: taken from where they are, or built before the first test.

import { delimiter } from 'node:path'
import { inject } from 'vitest'
import type { TestProject } from 'vitest/node'
import { labTools, labVersions, type LabTools, type LabVersion } from './tools.ts'

declare module 'vitest' {
  interface ProvidedContext {
    readonly labs: readonly LabTools[]
  }
}

/** One for each version of Kubernetes that this run tests, newest first. */
export function testLabs(): readonly LabTools[] {
  return inject('labs')
}

/** For what is the same code in all of them and takes long: once is enough. */
export function isNewestLab(tools: LabTools): boolean {
  return tools.version === testLabs()[0]?.version
}

/**
 * Called by vitest before a run. `PLAINTRAIL_LAB_BIN` names folders of programs, one a version, with the PATH's separator
 * between them; without it they come from the cache (`PLAINTRAIL_LAB_CACHE`), and are built where they are not there yet.
 * `PLAINTRAIL_LAB_VERSIONS` picks some of the versions: `1.37`, or `1.37,1.35`.
 */
export async function setup(project: TestProject): Promise<void> {
  const versions = wantedVersions(process.env['PLAINTRAIL_LAB_VERSIONS'])
  const given = (process.env['PLAINTRAIL_LAB_BIN'] ?? '').split(delimiter).filter((folder) => folder !== '')
  const labs = given.length > 0 ? await labsIn(given, versions) : await labsBuilt(versions)
  for (const { version, apiServer } of labs) console.error(`lab for tests: Kubernetes ${version}, ${apiServer}`)
  project.provide('labs', labs)
}

function wantedVersions(text = ''): readonly LabVersion[] {
  const wanted = text.split(',').filter((version) => version !== '')
  const unknown = wanted.find((version) => !labVersions.some((known) => known === version))
  if (unknown !== undefined)
    throw new Error(`could not test on Kubernetes ${unknown}: PLAINTRAIL_LAB_VERSIONS knows ${labVersions.join(', ')}`)
  return wanted.length === 0 ? labVersions : labVersions.filter((version) => wanted.includes(version))
}

async function labsIn(folders: readonly string[], versions: readonly LabVersion[]): Promise<readonly LabTools[]> {
  // A folder says its own version; the one asked for decides nothing.
  const all = await Promise.all(folders.map((folder) => labTools(labVersions[0], { folder, progress: console.error })))
  const found = versions.flatMap((version) => all.filter((tools) => tools.version.startsWith(`${version}.`)))
  for (const version of versions)
    if (!found.some((tools) => tools.version.startsWith(`${version}.`)))
      console.error(`SKIPPED: the lab's tests on Kubernetes ${version}: no folder of PLAINTRAIL_LAB_BIN has it`)
  if (found.length === 0) throw new Error('could not test: PLAINTRAIL_LAB_BIN has none of the versions that are wanted')
  return found
}

async function labsBuilt(versions: readonly LabVersion[]): Promise<readonly LabTools[]> {
  const labs: LabTools[] = []
  const cache = process.env['PLAINTRAIL_LAB_CACHE']
  // One after the other: a build uses all cores.
  for (const version of versions) labs.push(await labTools(version, { cache, progress: progressEvery(progressMs) }))
  return labs
}

const progressMs = 5_000

/** A build tells of each of some thousand packages; a line now and then is enough. */
function progressEvery(ms: number): (line: string) => void {
  let toldAt = 0
  return (line) => {
    if (Date.now() - toldAt < ms) return
    toldAt = Date.now()
    console.error(`lab for tests: ${line}`)
  }
}
