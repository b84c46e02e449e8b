// Values that many answers have: times and ids.

import * as z from 'zod'

export const microTimeSchema = z.string().meta({
  id: 'MicroTime',
  description: 'RFC 3339 in UTC with microseconds.',
  format: 'date-time',
  examples: ['2026-11-20T12:13:22.395502Z'],
})

export const eventIdSchema = z.string().meta({
  id: 'EventId',
  description: 'Made of the time and the bytes of the event, so that it is the same wherever the event is stored.',
  pattern: '^evt_[0-9A-Z]+$',
  examples: ['evt_00361D1BKPJPXH9XYBY3V2BRF0X7FDH1PWTPJSG'],
})

export const findingIdSchema = z.string().meta({
  id: 'FindingId',
  description: 'Made of the cluster, the rule and what the finding is of, so that it never changes.',
  pattern: '^fnd_[0-9A-Z]{26}$',
  examples: ['fnd_2E12C3P4D302ZWR6GAHV0SPHYC'],
})

export const valueCountSchema = z
  .object({
    value: z.string().describe('What is counted.'),
    count: z.int().describe('Requests with it.'),
  })
  .meta({ id: 'ValueCount', description: 'A value, and how many requests have it.' })
