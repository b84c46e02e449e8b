-- What changed at any path (`to:0` alone, `-to:0`): by the time of the event, and so by the event. Where a path is named
-- changed_field_path_time does it. Locks changed_field while it is built; events are stored meanwhile, history waits.
create index changed_field_time on changed_field (time);
