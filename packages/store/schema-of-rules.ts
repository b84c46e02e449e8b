// The tables of rules and of what they found, as schema.ts has the others.

import { boolean, integer, jsonb, pgTable, smallint, text, uuid } from 'drizzle-orm/pg-core'
import { at, digest, id, int8 } from './schema-columns.ts'

export const rule = pgTable('rule', { id: id(), name: text('name').notNull() })

const sourceOfRule = () => text('source', { enum: ['pack', 'folder', 'api'] })

export const ruleVersion = pgTable('rule_version', {
  ruleId: integer('rule_id').notNull(),
  number: integer('number').notNull(),
  source: sourceOfRule().notNull(),
  hash: text('hash').notNull(),
  text: text('text').notNull(),
  author: text('author').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
  told: jsonb('told').notNull(),
  failingAt: at('failing_at'),
  failing: text('failing'),
})

export const ruleSource = pgTable('rule_source', {
  ruleId: integer('rule_id').notNull(),
  source: sourceOfRule().notNull(),
  number: integer('number').notNull(),
})

export const ruleChange = pgTable('rule_change', {
  id: integer('id').primaryKey().default(1),
  number: int8('number').notNull().default(0),
})

export const rulePosition = pgTable('rule_position', {
  laneId: integer('lane_id').primaryKey(),
  nextSeq: int8('next_seq').notNull().default(1),
  timeUs: int8('time_us').notNull().default(0),
})

export const finding = pgTable('finding', {
  firstTime: int8('first_time'),
  lastTime: int8('last_time'),
  events: int8('events').notNull().default(0),
  expired: int8('expired').notNull().default(0),
  openedAt: at('opened_at'),
  id: uuid('id').primaryKey(),
  clusterId: integer('cluster_id').notNull(),
  ruleId: integer('rule_id').notNull(),
  version: integer('version').notNull(),
  severity: text('severity').notNull(),
  controls: text('controls').array().notNull(),
  summary: text('summary').notNull(),
  group: jsonb('group').notNull(),
  fields: jsonb('fields').notNull(),
  state: text('state', { enum: ['open', 'acknowledged', 'resolved', 'ignored'] })
    .notNull()
    .default('open'),
  regressed: boolean('regressed').notNull().default(false),
  assignee: text('assignee'),
  reason: text('reason'),
  ignoredUntil: at('ignored_until'),
  ignoredEvents: int8('ignored_events'),
  ignoredMatch: text('ignored_match'),
  triageVersion: integer('triage_version').notNull().default(0),
  triageSteps: integer('triage_steps').notNull().default(0),
  triagedAt: at('triaged_at'),
  proposedBy: text('proposed_by'),
  proposedById: uuid('proposed_by_id'),
  proposedAt: at('proposed_at'),
  proposedReason: text('proposed_reason'),
  proposedComment: text('proposed_comment'),
})

export const exception = pgTable('exception', {
  id: id(),
  ruleId: integer('rule_id').notNull(),
  match: text('match').notNull(),
  reason: text('reason').notNull(),
  owner: text('owner'),
  createdAt: at('created_at').notNull().defaultNow(),
  createdBy: text('created_by').notNull(),
  expiresAt: at('expires_at'),
  holds: boolean('holds').notNull().default(true),
  endedAt: at('ended_at'),
  endedBy: text('ended_by'),
  isPending: boolean('is_pending').notNull().default(true),
  walkedFinding: uuid('walked_finding'),
  walkedTime: int8('walked_time'),
  walkedRequest: uuid('walked_request'),
})

export const triageStep = pgTable('triage_step', {
  id: int8('id').primaryKey().generatedAlwaysAsIdentity(),
  at: at('at').notNull().defaultNow(),
  who: text('who').notNull(),
  whoId: uuid('who_id'),
  did: text('did').notNull(),
  findingId: uuid('finding_id'),
  clusterId: integer('cluster_id'),
  ruleId: integer('rule_id'),
  exceptionId: integer('exception_id'),
  before: jsonb('before'),
  after: jsonb('after'),
  reason: text('reason'),
  comment: text('comment'),
  tokenId: uuid('token_id'),
})

export const ruleHit = pgTable('rule_hit', {
  time: int8('time').notNull(),
  stageTime: int8('stage_time').notNull(),
  dueUs: int8('due_us'),
  gapId: int8('gap_id'),
  findingId: uuid('finding_id').notNull(),
  request: uuid('request').notNull(),
  key: uuid('key'),
  clusterId: integer('cluster_id').notNull(),
  version: integer('version').notNull(),
  step: smallint('step').notNull(),
  stageRank: smallint('stage_rank').notNull(),
  counts: boolean('counts').notNull(),
  value: text('value'),
  fields: jsonb('fields').notNull(),
  hiddenBy: integer('hidden_by'),
})

export const ruleCoverage = pgTable('rule_coverage', {
  clusterId: integer('cluster_id').notNull(),
  ruleId: integer('rule_id').notNull(),
  version: integer('version').notNull(),
  day: integer('day').notNull(),
  evaluated: int8('evaluated').notNull(),
  matched: int8('matched').notNull(),
  insufficient: int8('insufficient').notNull(),
  errors: int8('errors').notNull(),
})

export const ruleMissing = pgTable('rule_missing', {
  count: int8('count').notNull(),
  time: int8('time').notNull(),
  key: uuid('key').notNull(),
  clusterId: integer('cluster_id').notNull(),
  ruleId: integer('rule_id').notNull(),
  version: integer('version').notNull(),
  day: integer('day').notNull(),
  digest: digest(),
  isError: boolean('is_error').notNull(),
  what: text('what').notNull(),
  because: text('because').notNull(),
})
