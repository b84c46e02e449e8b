-- Exports: questions whose whole answer is written to files, and the files. New tables; locks nothing.

-- query: in its normal form, without the window. scope: what its maker may see, as it is asked with. snapshot: what was
-- stored when it was asked for (packages/query/snapshot.ts). job: the outbox row of its next part; none once it is ended.
-- rows, bytes: of the parts that there are. position: of the last event in them. manifest: written with the last part.
create table export (
  id uuid primary key,
  created_at timestamptz not null default now(),
  -- Set when it ends, with the days that are in force then.
  expires_at timestamptz,
  finished_at timestamptz,
  maker_id uuid not null,
  maker text not null,
  scope jsonb not null,
  query text not null,
  since_us bigint not null,
  until_us bigint not null,
  snapshot text not null,
  format text not null,
  with_raw boolean not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  error text,
  job uuid unique,
  rows bigint not null default 0,
  bytes bigint not null default 0,
  parts int not null default 0,
  position_us bigint,
  position_key uuid,
  manifest text,
  check ((state in ('queued', 'running')) = (job is not null)),
  check ((state = 'done') = (manifest is not null))
);
create index export_created on export (created_at, id);

-- Committed with the position from which the next one goes on. 256 MiB: jobrunner/make-part.ts stays far below.
create table export_part (
  export_id uuid not null references export (id) on delete cascade,
  number int not null check (number >= 1),
  rows int not null,
  bytes int not null,
  sha256 bytea not null check (octet_length(sha256) = 32),
  content bytea not null check (octet_length(content) = bytes and bytes <= 268435456),
  primary key (export_id, number)
);
-- Compressed already.
alter table export_part alter column content set storage external;
