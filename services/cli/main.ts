#!/usr/bin/env node
// Starts the command line with the streams, files and environment of this process. kubectl runs it by its other name.
import { runCli } from './cli.ts'
import { processIo } from './io.ts'

const isKubectlPlugin = /(^|[/\\])kubectl-plaintrail(\.\w+)?$/.test(process.argv[1] ?? '')
process.exitCode = await runCli(process.argv.slice(2), processIo({ env: process.env, isKubectlPlugin }))
