-- What an account was refused, and where it failed, however much else it asks for. Few rows: it costs next to nothing, but
-- locks event against writes while it is built, some 0.5 µs a row.
create index event_unusual_actor_time on event (actor_id, time) where outcome in ('d', 'r', 'e');
