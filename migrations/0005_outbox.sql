-- The outbox: work that follows from what a transaction wrote, and notices: what the system has to tell its operators.

-- A row is written in the transaction of its cause and deleted in the one of its effect. Until then it stays, whatever
-- happens to the queue that it is relayed to. attempts: how often it failed; payload: see the code that writes its kind.
create table outbox (
  id uuid primary key,
  kind text not null,
  payload jsonb not null,
  created_at timestamptz not null default now(),
  relayed_at timestamptz,
  attempts int not null default 0,
  -- All attempts failed, the last one with error; a person may have it tried again.
  dead_at timestamptz,
  error text
);
create index outbox_live on outbox (created_at) where dead_at is null;
create index outbox_dead on outbox (dead_at, id) where dead_at is not null;

-- id: of the outbox row that it is the effect of.
create table notice (
  id uuid primary key,
  at timestamptz not null default now(),
  kind text not null,
  cluster_id int references cluster (id),
  detail text not null
);
create index notice_at on notice (at, id);

-- A gap that goes on: its to_us moves until something ends it. At most one a cluster and cause.
alter table gap add column open boolean not null default false;
create unique index gap_open on gap (cluster_id, cause) where open;
