// Every table as drizzle-orm sees it, to type the queries of this room. The truth is migrations/*.sql; schema.pg.test.ts
// compares the two. A partitioned parent stands here as a plain table. Those of rules are in schema-of-rules.ts.

import { bigint, boolean, integer, jsonb, pgTable, smallint, text, uuid } from 'drizzle-orm/pg-core'
import { at, bytea, char, digest, id, int8 } from './schema-columns.ts'

export const cluster = pgTable('cluster', {
  id: id(),
  uid: uuid('uid').notNull(),
  name: text('name').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
})

export const lane = pgTable('lane', {
  id: id(),
  clusterId: integer('cluster_id').notNull(),
  name: text('name').notNull(),
  nextSeq: int8('next_seq').notNull().default(1),
})

export const ingestCredential = pgTable('ingest_credential', {
  id: uuid('id').primaryKey(),
  clusterId: integer('cluster_id').notNull(),
  laneName: text('lane_name').notNull().default('main'),
  kind: text('kind', { enum: ['token', 'certificate'] }).notNull(),
  digest: bytea('digest').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
  revokedAt: at('revoked_at'),
})

export const apiToken = pgTable('api_token', {
  id: uuid('id').primaryKey(),
  name: text('name').notNull(),
  digest: bytea('digest').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
  revokedAt: at('revoked_at'),
  createdBy: text('created_by'),
  expiresAt: at('expires_at'),
  lastUsedAt: at('last_used_at'),
})

export const keptAnswer = pgTable('kept_answer', {
  tokenId: uuid('token_id').notNull(),
  keyDigest: bytea('key_digest').notNull(),
  requestDigest: bytea('request_digest').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
  sealed: bytea('sealed'),
})

export const signingKey = pgTable('signing_key', {
  name: text('name').primaryKey(),
  bytes: bytea('bytes').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
})

export const gap = pgTable('gap', {
  id: int8('id').primaryKey().generatedAlwaysAsIdentity(),
  clusterId: integer('cluster_id').notNull(),
  cause: text('cause').notNull(),
  detail: text('detail').notNull(),
  fromUs: int8('from_us').notNull(),
  toUs: int8('to_us').notNull(),
  occurrences: integer('occurrences').notNull().default(1),
  open: boolean('open').notNull().default(false),
})

export const outbox = pgTable('outbox', {
  id: uuid('id').primaryKey(),
  kind: text('kind').notNull(),
  payload: jsonb('payload').notNull(),
  createdAt: at('created_at').notNull().defaultNow(),
  relayedAt: at('relayed_at'),
  attempts: integer('attempts').notNull().default(0),
  deadAt: at('dead_at'),
  error: text('error'),
})

export const notice = pgTable('notice', {
  id: uuid('id').primaryKey(),
  at: at('at').notNull().defaultNow(),
  kind: text('kind').notNull(),
  clusterId: integer('cluster_id'),
  detail: text('detail').notNull(),
})

export const heartbeat = pgTable('heartbeat', {
  id: integer('id').primaryKey(),
  at: at('at').notNull(),
  filler: bytea('filler').notNull(),
})

export const segment = pgTable('segment', {
  id: int8('id').primaryKey(),
  receivedUs: int8('received_us').notNull(),
  bytes: integer('bytes').notNull(),
  envelope: bytea('envelope').notNull(),
})

export const seal = pgTable('seal', {
  segmentId: int8('segment_id').primaryKey(),
  receivedUs: int8('received_us').notNull(),
  clusterId: integer('cluster_id').notNull(),
  laneId: integer('lane_id').notNull(),
  items: integer('items').notNull(),
  stored: integer('stored').notNull(),
  firstSeq: int8('first_seq').notNull(),
  timeMin: int8('time_min'),
  timeMax: int8('time_max'),
})

export const segmentQueue = pgTable('segment_queue', {
  segmentId: int8('segment_id').primaryKey(),
  bytes: integer('bytes').notNull(),
})

export const logPosition = pgTable('log_position', {
  topic: text('topic').notNull(),
  partition: integer('partition').notNull(),
  nextOffset: int8('next_offset').notNull().default(0),
  movedAt: at('moved_at').notNull().defaultNow(),
})

export const quarantine = pgTable('quarantine', {
  id: uuid('id').primaryKey(),
  clusterId: integer('cluster_id'),
  segmentId: int8('segment_id').notNull(),
  item: integer('item').notNull(),
  reason: text('reason').notNull(),
  detail: text('detail').notNull(),
  bytes: integer('bytes').notNull(),
  receivedUs: int8('received_us').notNull(),
  digest: digest(),
})

export const actor = pgTable('actor', {
  id: id(),
  digest: digest(),
  name: text('name').notNull(),
  type: text('type').notNull(),
})

export const actorGroups = pgTable('actor_groups', { id: id(), digest: digest(), names: text('names').notNull() })

export const client = pgTable('client', {
  id: id(),
  digest: digest(),
  userAgent: text('user_agent').notNull(),
  name: text('name').notNull(),
  version: text('version').notNull(),
})

export const source = pgTable('source', {
  id: id(),
  digest: digest(),
  peer: text('peer').notNull(),
  claimed: text('claimed').notNull(),
})

export const resource = pgTable('resource', {
  id: id(),
  digest: digest(),
  apiGroup: text('api_group').notNull(),
  apiVersion: text('api_version').notNull(),
  resource: text('resource').notNull(),
  subresource: text('subresource').notNull(),
})

export const namespace = pgTable('namespace', { id: id(), digest: digest(), name: text('name').notNull() })

export const verb = pgTable('verb', { id: id(), digest: digest(), name: text('name').notNull() })

export const reason = pgTable('reason', { id: id(), digest: digest(), text: text('text').notNull() })

export const event = pgTable('event', {
  time: int8('time').notNull(),
  stageTime: int8('stage_time'),
  segmentId: int8('segment_id').notNull(),
  seq: int8('seq').notNull(),
  objectKey: bigint('object_key', { mode: 'bigint' }),
  laneId: integer('lane_id').notNull(),
  item: integer('item').notNull(),
  clusterId: integer('cluster_id').notNull(),
  actorId: integer('actor_id').notNull(),
  impersonatedId: integer('impersonated_id'),
  groupsId: integer('groups_id').notNull(),
  clientId: integer('client_id').notNull(),
  sourceId: integer('source_id').notNull(),
  resourceId: integer('resource_id'),
  namespaceId: integer('namespace_id'),
  reasonId: integer('reason_id'),
  uriHash: integer('uri_hash').notNull(),
  flags: integer('flags').notNull(),
  verbId: integer('verb_id').notNull(),
  code: smallint('code'),
  stage: char('stage').notNull(),
  level: char('level').notNull(),
  class: char('class').notNull(),
  outcome: char('outcome').notNull(),
  decision: char('decision').notNull(),
  key: uuid('key').notNull(),
  audit: uuid('audit').notNull(),
  objectUid: uuid('object_uid'),
  name: text('name'),
  auditText: text('audit_text'),
  detail: text('detail'),
})

export const eventExport = pgTable('export', {
  id: uuid('id').primaryKey(),
  createdAt: at('created_at').notNull().defaultNow(),
  expiresAt: at('expires_at'),
  finishedAt: at('finished_at'),
  makerId: uuid('maker_id').notNull(),
  maker: text('maker').notNull(),
  scope: jsonb('scope').notNull(),
  query: text('query').notNull(),
  sinceUs: int8('since_us').notNull(),
  untilUs: int8('until_us').notNull(),
  snapshot: text('snapshot').notNull(),
  format: text('format').notNull(),
  withRaw: boolean('with_raw').notNull(),
  state: text('state', { enum: ['queued', 'running', 'done', 'failed', 'cancelled'] })
    .notNull()
    .default('queued'),
  error: text('error'),
  job: uuid('job'),
  rows: int8('rows').notNull().default(0),
  bytes: int8('bytes').notNull().default(0),
  parts: integer('parts').notNull().default(0),
  positionUs: int8('position_us'),
  positionKey: uuid('position_key'),
  manifest: text('manifest'),
})

export const exportPart = pgTable('export_part', {
  exportId: uuid('export_id').notNull(),
  number: integer('number').notNull(),
  rows: integer('rows').notNull(),
  bytes: integer('bytes').notNull(),
  sha256: bytea('sha256').notNull(),
  content: bytea('content').notNull(),
})

export const tallyState = pgTable('tally_state', {
  id: integer('id').primaryKey().default(1),
  lanes: integer('lanes').array().notNull().default([]),
  seqs: int8('seqs').array().notNull().default([]),
})

export const tally = pgTable('tally', {
  quarter: integer('quarter').primaryKey(),
  kept: text('kept').array().notNull(),
  countedAt: at('counted_at').notNull().defaultNow(),
})

export const tallyValue = pgTable('tally_value', {
  quarter: integer('quarter').notNull(),
  field: text('field').notNull(),
  clusterId: integer('cluster_id').notNull(),
  class: char('class').notNull(),
  values: text('values').array().notNull(),
  counts: int8('counts').array().notNull(),
})

export const tallyHour = pgTable('tally_hour', {
  quarter: integer('quarter').notNull(),
  clusterId: integer('cluster_id').notNull(),
  class: char('class').notNull(),
  outcome: char('outcome').notNull(),
  verbId: integer('verb_id').notNull(),
  counts: int8('counts').array().notNull(),
})

export const historyPosition = pgTable('history_position', {
  laneId: integer('lane_id').primaryKey(),
  nextSeq: int8('next_seq').notNull().default(1),
  blamedSeq: int8('blamed_seq').notNull().default(1),
})

export const historyObject = pgTable('history_object', {
  id: int8('id').primaryKey().generatedAlwaysAsIdentity(),
  clusterId: integer('cluster_id').notNull(),
  uid: text('uid').notNull(),
  objectKey: bigint('object_key', { mode: 'bigint' }).notNull(),
  apiGroup: text('api_group').notNull(),
  resource: text('resource').notNull(),
  namespace: text('namespace').notNull(),
  name: text('name').notNull(),
})

export const revision = pgTable('revision', {
  objectId: int8('object_id').notNull(),
  place: int8('place'),
  time: int8('time').notNull(),
  latest: int8('latest').notNull(),
  segmentId: int8('segment_id').notNull(),
  stateSegmentId: int8('state_segment_id'),
  key: uuid('key').notNull(),
  item: integer('item').notNull(),
  flags: integer('flags').notNull(),
  stateItem: integer('state_item'),
  stateFlags: integer('state_flags'),
  statePart: smallint('state_part'),
  part: smallint('part').notNull(),
  changes: smallint('changes').notNull(),
  observed: char('observed').notNull(),
  fidelity: char('fidelity').notNull(),
  significance: char('significance').notNull(),
  linked: char('linked').notNull(),
  hasState: boolean('has_state').notNull(),
  isRead: boolean('is_read').notNull(),
  link: jsonb('link'),
})

export const fieldPath = pgTable('field_path', {
  id: id(),
  digest: digest(),
  path: text('path').notNull(),
  plain: text('plain').notNull(),
})

export const changedField = pgTable('changed_field', {
  time: int8('time').notNull(),
  objectId: int8('object_id').notNull(),
  pathId: integer('path_id').notNull(),
  clusterId: integer('cluster_id').notNull(),
  namespaceId: integer('namespace_id'),
  part: integer('part').notNull(),
  key: uuid('key').notNull(),
  op: char('op').notNull(),
  isSure: boolean('is_sure').notNull(),
  fromText: text('from_text'),
  toText: text('to_text'),
})

export const blameCheckpoint = pgTable('blame_checkpoint', {
  objectId: int8('object_id').notNull(),
  place: int8('place').notNull(),
  madeAt: at('made_at').notNull().defaultNow(),
  packed: bytea('packed').notNull(),
})

export const attributionPosition = pgTable('attribution_position', {
  laneId: integer('lane_id').primaryKey(),
  nextSeq: int8('next_seq').notNull().default(1),
})

export const initiatorFact = pgTable('initiator_fact', {
  time: int8('time').notNull(),
  stageTime: int8('stage_time').notNull(),
  version: int8('version'),
  key: uuid('key').notNull(),
  mark: uuid('mark').notNull(),
  eventKey: uuid('event_key').notNull(),
  kind: text('kind').notNull(),
  told: jsonb('told').notNull(),
})

export const eventInitiator = pgTable('event_initiator', {
  time: int8('time').notNull(),
  key: uuid('key').notNull(),
  kind: text('kind').notNull(),
  confidence: text('confidence').notNull(),
  name: text('name').notNull(),
  looked: int8('looked').array().notNull(),
  chain: jsonb('chain').notNull(),
  considered: jsonb('considered').notNull(),
})
