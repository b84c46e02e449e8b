// Exit code 0 where the lab's programs are built, or given, for both versions; else 1, and what is missing. Builds nothing.

import { builtTools, labVersions } from './tools.ts'

const options = { folder: process.env['PLAINTRAIL_LAB_BIN'], cache: process.env['PLAINTRAIL_LAB_CACHE'] }
for (const version of labVersions) {
  if ((await builtTools(version, options)) !== null) continue
  process.stderr.write(`Kubernetes ${version} of the lab is not built: npm run test:lab builds it\n`)
  process.exitCode = 1
}
