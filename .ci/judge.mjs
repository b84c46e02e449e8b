// Read vitest's JSON report, print the closing line, and fail when a test failed or one that should run was skipped.

import { readFileSync } from 'node:fs'

const [, , path, status] = process.argv
const report = JSON.parse(readFileSync(path, 'utf8'))
const tests = report.testResults.flatMap((file) => file.assertionResults.map((test) => ({ ...test, file: file.name })))
const count = (wanted) => tests.filter((test) => wanted.includes(test.status)).length
const passed = count(['passed'])
const failed = count(['failed'])
const skipped = tests.filter((test) => ['skipped', 'pending', 'todo', 'disabled'].includes(test.status))
for (const test of skipped) console.log(`skipped: ${test.file}: ${test.fullName}`)
const brokenFiles = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0)
for (const file of brokenFiles) console.log(`could not run: ${file.name}: ${file.message}`)
console.log(`${passed} passed, ${failed + brokenFiles.length} failed, ${skipped.length} skipped`)
// In CI everything that the tests need is there, so a skipped test is a missing proof.
if (passed === 0 || failed > 0 || brokenFiles.length > 0 || skipped.length > 0 || status !== '0') process.exit(1)
