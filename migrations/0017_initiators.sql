-- Who is behind events: facts that later events are attributed by, and what was found. Made after events are stored, from
-- their bytes (packages/store/attributor.ts); all of it may be deleted and is made anew, as far as events are kept. New
-- tables; locks nothing.

-- The lane's events before next_seq are attributed. Moves in the transaction that writes what was found.
create table attribution_position (
  lane_id int primary key references lane (id),
  next_seq bigint not null default 1
);

-- What one event tells that others may ask for. key: digest of the cluster and of what is asked by (an object's uid, a
-- credential's id); mark: the event's key, or a digest of what is said where one fact stands for all that say the same.
-- Outlives its event while the object does.
create table initiator_fact (
  time bigint not null,
  stage_time bigint not null,
  version bigint,
  key uuid not null,
  mark uuid not null,
  event_key uuid not null,
  kind text not null,
  told jsonb not null,
  primary key (key, mark)
);
create index initiator_fact_key_time on initiator_fact (key, time);
-- For retention.
create index initiator_fact_time on initiator_fact (time);

-- Who is behind an event, where the event alone does not say it. looked: hashes of the facts and events that it depends on:
-- when one comes late, it is attributed again. Partitioned by the day of the event, as events are.
create table event_initiator (
  time bigint not null,
  key uuid not null,
  kind text not null,
  confidence text not null,
  name text not null,
  looked bigint[] not null,
  chain jsonb not null,
  considered jsonb not null
) partition by range (time);
create unique index event_initiator_time_key on event_initiator (time, key);
create index event_initiator_looked on event_initiator using gin (looked) with (fastupdate = off);

-- Of events without a usable time, as event_odd.
create table event_initiator_odd partition of event_initiator for values from (minvalue) to (1388534400000000);
