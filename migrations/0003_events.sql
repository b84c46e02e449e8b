-- Events: one narrow row each. Repeated texts are ids into small dimension tables; the raw bytes are in the segment.

-- digest = first 16 bytes of SHA-256 of the value: a unique key of fixed size, for a name may be longer than an index row.
create table actor (
  id int generated always as identity primary key,
  digest uuid not null unique,
  name text not null,
  type text not null
);
create index actor_name on actor (left(name, 200) text_pattern_ops);

-- names: a JSON array of group names, as sent.
create table actor_groups (
  id int generated always as identity primary key,
  digest uuid not null unique,
  names text not null
);

create table client (
  id int generated always as identity primary key,
  digest uuid not null unique,
  user_agent text not null,
  name text not null,
  version text not null
);

-- claimed: a JSON array of addresses; peer: the one that the API server saw, or empty.
create table source (
  id int generated always as identity primary key,
  digest uuid not null unique,
  peer text not null,
  claimed text not null
);

create table resource (
  id int generated always as identity primary key,
  digest uuid not null unique,
  api_group text not null,
  api_version text not null,
  resource text not null,
  subresource text not null
);

create table namespace (
  id int generated always as identity primary key,
  digest uuid not null unique,
  name text not null
);

create table verb (
  id int generated always as identity primary key,
  digest uuid not null unique,
  name text not null
);

create table reason (
  id int generated always as identity primary key,
  digest uuid not null unique,
  text text not null
);

-- Partitioned by the day of requestReceivedTimestamp, in microseconds since 1970. Eight-byte columns first: no padding.
create table event (
  time bigint not null,
  stage_time bigint,
  segment_id bigint not null,
  seq bigint not null,
  object_key bigint,
  lane_id int not null,
  item int not null,
  cluster_id int not null,
  actor_id int not null,
  impersonated_id int,
  groups_id int not null,
  client_id int not null,
  source_id int not null,
  resource_id int,
  namespace_id int,
  reason_id int,
  uri_hash int not null,
  flags int not null,
  verb_id int not null,
  code smallint,
  stage "char" not null,
  level "char" not null,
  class "char" not null,
  outcome "char" not null,
  decision "char" not null,
  -- First half of SHA-256(identity ‖ cluster uid): see docs/decisions/0002-identity.md.
  key uuid not null,
  -- The auditID, or the first half of its SHA-256 where it is no UUID; audit_text has the original then.
  audit uuid not null,
  object_uid uuid,
  name text,
  audit_text text,
  detail text
) partition by range (time);

create unique index event_time_key on event (time, key);
create index event_actor_time on event (actor_id, time);
create index event_object_time on event (object_key, time) where object_key is not null;
create index event_namespace_time on event (namespace_id, time) where namespace_id is not null;
create index event_audit on event (audit);
-- Few rows, asked for often: what did not succeed, and what was done in another's name.
create index event_unusual_time on event (time) where outcome in ('d', 'r', 'e') or impersonated_id is not null;

-- No usable time in the event: its time is 0 and the flag oddTime is set.
create table event_odd partition of event for values from (minvalue) to (1388534400000000);

-- Raises unless both are equal: the whole statement is undone. The worker's fence and its count of fresh events.
create function plaintrail_expect(what text, actual bigint, expected bigint) returns bigint
language plpgsql as $$
begin
  if actual is distinct from expected then
    raise exception 'could not store the batch: % is % and not %', what, actual, expected using errcode = 'PT001';
  end if;
  return actual;
end $$;
