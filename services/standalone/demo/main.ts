// npm run demo: the standalone service on a data folder of its own, with the recorded story in it.

import { readConfig } from '@plaintrail/runtime/config'
import { untilSignal } from '@plaintrail/runtime/until-signal'
import { runStandalone } from '../run-standalone.ts'
import { demoSettings, playStory } from './play-story.ts'

const signal = untilSignal()
process.exitCode = await runStandalone(() => readConfig(demoSettings, process.env), signal, {
  whenReady: (standalone, say) => playStory(standalone, { env: process.env, say }),
})
