// sendLarge: a text as an answer whose memory counts until it is sent.

import type { Response } from 'express'
import type { AnswerMemory } from './answer-memory.ts'

export type MemoryLease = Awaited<ReturnType<AnswerMemory['take']>>

export function sendLarge(response: Response, memory: MemoryLease, type: string, text: string): void {
  memory.keepUntilSent(text.length)
  response.type(type).send(text)
}
