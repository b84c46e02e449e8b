-- Segments: one received EventList each, in its envelope (packages/event-log/envelope.ts), compressed once, never rewritten.

-- id = receive day (days since 1970) * 2^32 + number from segment_number: an id says which partition holds it, and is
-- below 2^53, so that JavaScript holds it exactly.
create sequence segment_number as bigint cycle minvalue 0 maxvalue 4294967295;

create table segment (
  id bigint not null,
  received_us bigint not null,
  bytes int not null,
  envelope bytea not null,
  primary key (id)
) partition by range (id);
-- The envelope is compressed already; pglz would only cost time.
alter table segment alter column envelope set storage external;

-- What the worker found in a segment, written once with its events. stored: how many of its items became events, which
-- have the numbers first_seq to first_seq + stored - 1 of the lane. No row: not read yet (or none of it was new).
create table seal (
  segment_id bigint not null,
  received_us bigint not null,
  cluster_id int not null references cluster (id),
  lane_id int not null references lane (id),
  items int not null,
  stored int not null,
  first_seq bigint not null,
  time_min bigint,
  time_max bigint,
  primary key (segment_id)
) partition by range (segment_id);
create index seal_lane_seq on seal (lane_id, first_seq);
-- For retention: did anything of an old day come lately?
create index seal_time_min on seal (time_min);

-- What the worker has not read yet: the embedded profile's log. A row goes away in the transaction that stores its events.
-- bytes: of the body before it was compressed.
create table segment_queue (
  segment_id bigint primary key,
  bytes int not null
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 10000);

-- Items that could not be read. Their bytes stay where they are, in the segment.
create table quarantine (
  id uuid primary key,
  -- Null where not even the envelope could be read.
  cluster_id int references cluster (id),
  segment_id bigint not null,
  item int not null,
  reason text not null,
  detail text not null,
  bytes int not null,
  received_us bigint not null,
  digest uuid not null,
  unique (cluster_id, digest)
);
create index quarantine_received on quarantine (received_us, id);
create index quarantine_segment on quarantine (segment_id);
