-- What a link looks at of the writes that tell no version: the first that ended after the revision before, those to status (what
-- controllers report, thousands of some objects) apart from all others. Locks revision while it is built; events are stored
-- meanwhile, history waits.
create index revision_loose on revision (object_id, latest) where place is null and significance <> 'status';
create index revision_report on revision (object_id, latest) where place is null and significance = 'status';
