#!/usr/bin/env node
// Starts the command line with the streams, files and environment of this process.
import { runCli } from './cli.ts'
import { processIo } from './io.ts'

process.exitCode = await runCli(process.argv.slice(2), processIo(process.env))
