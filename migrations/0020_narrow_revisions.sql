-- A revision in half the room: words are letters, a link that says nothing of its own is one too, and the time of a revision is
-- that of its event (it stood in `earliest` again). Made anew beside the old one and put in its place; all data is kept. Takes
-- some seconds a million revisions and locks them; events are stored meanwhile, history waits.

-- Letters: packages/store/revision-letters.ts. linked: what stands between it and the revision before; `o` where `link` says it.
create table revision_narrow (
  object_id bigint not null references history_object (id),
  place bigint,
  time bigint not null,
  latest bigint not null,
  segment_id bigint not null,
  state_segment_id bigint,
  key uuid not null,
  item int not null,
  flags int not null,
  state_item int,
  state_flags int,
  state_part smallint,
  part smallint not null,
  changes smallint not null,
  observed "char" not null,
  fidelity "char" not null,
  significance "char" not null,
  linked "char" not null,
  has_state boolean not null,
  is_read boolean not null,
  link jsonb
);

insert into revision_narrow
select r.object_id, r.place, r.time, r.latest, r.segment_id, r.state_segment_id, r.key, r.item, r.flags, r.state_item,
  r.state_flags, r.state_part, r.part, r.changes,
  case r.observed when 'state' then 's' when 'deleted' then 'x' when 'deleting' then 'd' when 'patch-only' then 'p'
    else 'm' end,
  case r.fidelity when 'exact' then 'e' when 'derived' then 'd' when 'metadata-only' then 'm' else 'g' end,
  case r.significance when 'created' then 'c' when 'deleted' then 'x' when 'deleting' then 'd' when 'changed' then 'm'
    when 'status' then 's' when 'renewal' then 'r' when 'bookkeeping' then 'b' else 'u' end,
  coalesce(l.letter, 'o'), r.has_state, r.is_read, case when l.letter is null then r.link end
from revision r left join (values
  ('f', '{"adjacency": "first", "reasons": [], "unseenMin": 0, "fills": []}'::jsonb),
  ('p', '{"adjacency": "proven", "reasons": [], "unseenMin": 0, "fills": []}'),
  ('a', '{"adjacency": "assumed", "reasons": [], "unseenMin": 0, "fills": []}')
) l (letter, link) on l.link = r.link
order by r.object_id, r.time;

drop table revision;
alter table revision_narrow rename to revision;
alter table revision rename constraint revision_narrow_object_id_fkey to revision_object_id_fkey;

-- A revision by its event. Its key and part are not in it: of one object few have one microsecond.
create index revision_time on revision (object_id, time);
create unique index revision_place on revision (object_id, place) where place is not null;
create unique index revision_unplaced on revision (object_id, time, key, part) where place is null;
-- For retention.
create index revision_segment on revision (segment_id);
create index revision_state_segment on revision (state_segment_id) where state_segment_id is not null;
-- As 0018 and 0019 have them, by letters.
create index revision_meant on revision (object_id, place) where place is not null and significance not in ('s', 'r', 'b');
create index revision_loose on revision (object_id, latest) where place is null and significance <> 's';
create index revision_report on revision (object_id, latest) where place is null and significance = 's';
