-- Blame (packages/store/blame-*.ts): for each field of an object, the revision that set it last, stored now and then so that it
-- is made of a hundred diffs at most. A checkpoint may be deleted: it is made again. Two small changes; the alter is instant.

-- The lane's numbers before blamed_seq were looked at for objects that need a checkpoint. Never past next_seq.
alter table history_position add column blamed_seq bigint not null default 1;

-- The blame of an object after its revision at `place`, and its state there: JSON, packed with zstd (blame-checkpoint.ts). Whoever
-- writes or rewrites a revision deletes those at its place and after, in the same transaction, with the object's row locked.
create table blame_checkpoint (
  object_id bigint not null references history_object (id) on delete cascade,
  place bigint not null,
  made_at timestamptz not null default now(),
  packed bytea not null,
  primary key (object_id, place)
);
-- It is packed already.
alter table blame_checkpoint alter column packed set storage external;
