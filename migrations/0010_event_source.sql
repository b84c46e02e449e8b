-- What came from an address, and hardly anything did: without an index all rows of the window are read for it. Equal ids
-- are kept as one posting list: 12 bytes an event. Locks event against writes while it is built, some 2 µs a row.
create index event_source on event (source_id);
