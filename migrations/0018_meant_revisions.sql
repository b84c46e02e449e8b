-- Of an object whose status or lease is written every few seconds, the revisions that somebody meant: a page of them and the
-- last one up to a place, without a walk over all others. Its condition is that of named-revisions.ts. Locks revision while it
-- is built; events are stored meanwhile, history waits.
create index revision_meant on revision (object_id, place)
  where place is not null and significance not in ('status', 'renewal', 'bookkeeping');
