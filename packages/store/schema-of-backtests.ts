// The tables of back-tests, as schema.ts has the others.

import { boolean, integer, json, jsonb, pgTable, smallint, text, uuid } from 'drizzle-orm/pg-core'
import { at, int8 } from './schema-columns.ts'

export const backtest = pgTable('backtest', {
  id: uuid('id').primaryKey(),
  createdAt: at('created_at').notNull().defaultNow(),
  finishedAt: at('finished_at'),
  makerId: uuid('maker_id').notNull(),
  maker: text('maker').notNull(),
  scope: jsonb('scope').notNull(),
  rule: text('rule').notNull(),
  text: text('text').notNull(),
  runningVersion: integer('running_version'),
  running: text('running'),
  cluster: text('cluster'),
  sinceUs: int8('since_us').notNull(),
  untilUs: int8('until_us').notNull(),
  snapshot: text('snapshot').notNull(),
  state: text('state', { enum: ['queued', 'running', 'done', 'failed', 'cancelled'] })
    .notNull()
    .default('queued'),
  error: text('error'),
  job: uuid('job'),
  positionUs: int8('position_us'),
  positionKey: uuid('position_key'),
  isRead: boolean('is_read').notNull().default(false),
  events: int8('events').notNull().default(0),
  hits: integer('hits').notNull().default(0),
  tally: jsonb('tally'),
  reachedUs: int8('reached_us'),
  result: jsonb('result'),
})

export const backtestHit = pgTable('backtest_hit', {
  time: int8('time').notNull(),
  stageTime: int8('stage_time').notNull(),
  dueUs: int8('due_us'),
  backtestId: uuid('backtest_id').notNull(),
  findingId: uuid('finding_id').notNull(),
  request: uuid('request').notNull(),
  key: uuid('key').notNull(),
  clusterId: integer('cluster_id').notNull(),
  version: smallint('version').notNull(),
  step: smallint('step').notNull(),
  stageRank: smallint('stage_rank').notNull(),
  value: text('value'),
  group: json('group').notNull(),
  summary: text('summary').notNull(),
})
