-- A page of a namespace that asks for few of its events (deletions, shells, one kind, one person) reads its index, and of
-- the table only the rows that it shows. Locks event against writes while it is built, some 3 µs a row.
create index event_namespace_detail on event (namespace_id, time, resource_id, actor_id, verb_id)
  where namespace_id is not null;
drop index event_namespace_time;
