-- Clusters, their lanes, and the credentials that may write to them. Small tables; locks nothing for long.

create table cluster (
  id int generated always as identity primary key,
  uid uuid not null unique,
  name text not null unique
    check (name ~ '^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$'),
  created_at timestamptz not null default now()
);

-- A lane belongs to an ingest credential and is the unit of order: next_seq is the number its next event gets.
create table lane (
  id int generated always as identity primary key,
  cluster_id int not null references cluster (id),
  name text not null,
  next_seq bigint not null default 1,
  unique (cluster_id, name)
);

-- digest: SHA-256 of the token, or of the client certificate's DER. The token itself is stored nowhere.
create table ingest_credential (
  id uuid primary key,
  cluster_id int not null references cluster (id),
  lane_name text not null default 'main',
  kind text not null check (kind in ('token', 'certificate')),
  digest bytea not null unique check (octet_length(digest) = 32),
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);
create index ingest_credential_cluster on ingest_credential (cluster_id);

create table api_token (
  id uuid primary key,
  name text not null,
  digest bytea not null unique check (octet_length(digest) = 32),
  created_at timestamptz not null default now(),
  revoked_at timestamptz
);

-- Keys that every process of one installation shares, such as the one that signs cursors.
create table signing_key (
  name text primary key,
  bytes bytea not null check (octet_length(bytes) = 32),
  created_at timestamptz not null default now()
);

-- Time in which events are known to be missing or may be.
create table gap (
  id bigint generated always as identity primary key,
  cluster_id int not null references cluster (id),
  cause text not null,
  detail text not null,
  from_us bigint not null,
  to_us bigint not null,
  occurrences int not null default 1,
  check (from_us <= to_us)
);
create index gap_cluster_time on gap (cluster_id, to_us);

-- One row that is written again and again, to learn whether writing works.
create table heartbeat (
  id int primary key,
  at timestamptz not null,
  filler bytea not null
);
