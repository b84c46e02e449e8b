-- Tallies: what the requests of six hours have, counted once when these are over (packages/store/tally-quarters.ts), so that a
-- week need not be counted anew for each question. New tables; locks nothing. A tally may be deleted: it is made again.

-- The one row: the last number of each lane as of which every tally is exact. A lane that is not here had none.
create table tally_state (
  id int primary key default 1 check (id = 1),
  lanes int[] not null default '{}',
  seqs bigint[] not null default '{}',
  check (cardinality(lanes) = cardinality(seqs))
);
insert into tally_state default values;

-- quarter: a quarter of a day (UTC), counted from 1970. kept: which facets, and 'hour'; what has too many values is not kept,
-- and nothing is of a quarter that took too long to count.
create table tally (
  quarter int primary key,
  kept text[] not null,
  counted_at timestamptz not null default now()
);

-- counts: how many requests have the value at the same place; a null among the values is of those that have none. The field
-- 'all' has one value, null: every request.
create table tally_value (
  quarter int not null references tally (quarter) on delete cascade,
  field text not null,
  cluster_id int not null,
  class "char" not null,
  "values" text[] not null,
  counts bigint[] not null,
  primary key (quarter, field, cluster_id, class),
  check (cardinality("values") = cardinality(counts))
);

-- counts: how many requests in each of the six hours.
create table tally_hour (
  quarter int not null references tally (quarter) on delete cascade,
  cluster_id int not null,
  class "char" not null,
  outcome "char" not null,
  verb_id int not null,
  counts bigint[] not null check (cardinality(counts) = 6),
  primary key (quarter, cluster_id, class, outcome, verb_id)
);
