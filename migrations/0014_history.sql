-- History: which states objects had, and what changed. Made after events are stored, from their bytes, by a follower of each
-- lane (packages/store/history-follower.ts); all of it may be deleted and is made anew. New tables; locks nothing.

-- The lane's events before next_seq are followed. Moves in the transaction that writes what they tell.
create table history_position (
  lane_id int primary key references lane (id),
  next_seq bigint not null default 1
);

-- An object by its uid: one that is made again under its name is another. The names are as they were first seen.
create table history_object (
  id bigint generated always as identity primary key,
  cluster_id int not null,
  uid text not null,
  object_key bigint not null,
  api_group text not null,
  resource text not null,
  namespace text not null,
  name text not null,
  unique (cluster_id, uid)
);
create index history_object_key on history_object (object_key);

-- One state of an object, or one write whose outcome was not seen. The state is not copied: it is in the bytes of the event at
-- segment_id and item (part: which of the things that the event tells), or in those at state_segment_id where another event
-- showed what this one made. place: the resourceVersion, 2^53 for the end; null for what tells neither. earliest and latest:
-- between these two the write happened, in microseconds since 1970.
create table revision (
  object_id bigint not null references history_object (id),
  place bigint,
  time bigint not null,
  earliest bigint not null,
  latest bigint not null,
  segment_id bigint not null,
  state_segment_id bigint,
  item int not null,
  part int not null,
  flags int not null,
  state_item int,
  state_part int,
  state_flags int,
  changes int not null,
  key uuid not null,
  has_state boolean not null,
  is_read boolean not null,
  observed text not null,
  fidelity text not null,
  significance text not null,
  link jsonb not null,
  primary key (object_id, time, key, part)
);
create unique index revision_place on revision (object_id, place) where place is not null;
create index revision_unplaced on revision (object_id, earliest) where place is null;
-- For retention: a state goes with its bytes.
create index revision_segment on revision (segment_id);
create index revision_state_segment on revision (state_segment_id) where state_segment_id is not null;

-- Where in objects something changed: `spec.template.spec.containers[api].image`, and without the names of items
-- `spec.template.spec.containers[].image`.
create table field_path (
  id int generated always as identity primary key,
  digest uuid not null unique,
  path text not null,
  plain text not null
);
create index field_path_plain on field_path (left(plain, 200) text_pattern_ops);

-- What a write changed, without the noise; values as short texts, secrets hidden. Partitioned by the day of the event, as
-- events are. is_sure: false where a write that was not seen may have changed it.
create table changed_field (
  time bigint not null,
  object_id bigint not null,
  path_id int not null,
  cluster_id int not null,
  namespace_id int,
  part int not null,
  key uuid not null,
  op "char" not null,
  is_sure boolean not null,
  from_text text,
  to_text text
) partition by range (time);
create index changed_field_path_time on changed_field (path_id, time);
create index changed_field_object_time on changed_field (object_id, time);

-- Of events without a usable time, as event_odd.
create table changed_field_odd partition of changed_field for values from (minvalue) to (1388534400000000);
