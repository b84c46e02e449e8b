-- Whose work events are (`initiator:alice`): by the name, as far as an index holds one, and the time of the event. Locks
-- event_initiator while it is built; events are stored meanwhile, attribution waits.
create index event_initiator_name on event_initiator (left(name, 200), time) where name <> '';
