-- Rules: what they say, how far events are judged by them, and what they found. Made after events are stored, by a follower of
-- each lane (packages/store/rules-follower.ts). New tables; locks nothing.

-- A name, for ever: what it said is in its versions, and what holds now in its sources.
create table rule (
  id int generated always as identity primary key,
  name text not null unique
);

-- What a rule said at one time. told: what is shown of it, read from its text once: title, severity, controls and so on
-- (RuleTold in packages/store/rules.ts). failing: it has failed on too many events and judges none; why.
create table rule_version (
  rule_id int not null references rule (id),
  number int not null,
  source text not null check (source in ('pack', 'folder', 'api')),
  hash text not null,
  text text not null,
  author text not null,
  created_at timestamptz not null default now(),
  told jsonb not null,
  failing_at timestamptz,
  failing text,
  primary key (rule_id, number)
);

-- Which version each source holds now; api comes before folder, and folder before pack. A rule without a row is gone, and its
-- findings stay.
create table rule_source (
  rule_id int not null references rule (id),
  source text not null check (source in ('pack', 'folder', 'api')),
  number int not null,
  primary key (rule_id, source),
  foreign key (rule_id, number) references rule_version (rule_id, number)
);

-- The one row: goes up with every change of the tables above, so that who holds rules in memory knows that they are old.
create table rule_change (
  id int primary key default 1 check (id = 1),
  number bigint not null default 0
);
insert into rule_change default values;

-- The lane's events before next_seq are judged; moves in the transaction that writes what was found. time_us: the latest
-- request among them, in microseconds since 1970: what is followed by nothing is decided by it.
create table rule_position (
  lane_id int primary key references lane (id),
  next_seq bigint not null default 1,
  time_us bigint not null default 0
);

-- What a rule found: one row for a cluster, a rule and a group, for ever. events: how many requests count; with 0 there is
-- something that may come to count, and no finding yet. expired: those of them that retention took away the hits of.
-- "group": {field: value} in the order of the rule; fields: values for the sentences of the rule, of its last hit. version: of
-- the last hit; severity, controls and summary as that version has them.
create table finding (
  first_time bigint,
  last_time bigint,
  events bigint not null default 0,
  expired bigint not null default 0,
  opened_at timestamptz,
  id uuid primary key,
  cluster_id int not null references cluster (id),
  rule_id int not null references rule (id),
  version int not null,
  severity text not null,
  controls text[] not null,
  summary text not null,
  "group" jsonb not null,
  fields jsonb not null
);
create index finding_last on finding (last_time, id) where events > 0;
create index finding_rule_last on finding (rule_id, last_time, id) where events > 0;
create index finding_cluster_last on finding (cluster_id, last_time, id) where events > 0;
create index finding_controls on finding using gin (controls) where events > 0;
create index finding_empty on finding (id) where events = 0;

-- A request that a rule matched, or a gap. request: digest of what names the request, whatever stages of it were seen; time and
-- key are those of the event of its latest stage (key: null for a gap). step: which of a sequence; value: what is counted or
-- compared; fields: as in finding. counts: whether it is among the events of the finding. due_us: when it is decided that nothing followed it; null
-- where that is decided or not asked. Partitioned by the day of the event, as events are.
create table rule_hit (
  time bigint not null,
  stage_time bigint not null,
  due_us bigint,
  gap_id bigint,
  finding_id uuid not null,
  request uuid not null,
  key uuid,
  cluster_id int not null,
  version int not null,
  step smallint not null,
  stage_rank smallint not null,
  counts boolean not null,
  value text,
  fields jsonb not null
) partition by range (time);
create unique index rule_hit_finding on rule_hit (finding_id, time, request, step);
create index rule_hit_event on rule_hit (time, key) where counts;
create index rule_hit_due on rule_hit (cluster_id, due_us) where due_us is not null;

-- Of events without a usable time, as event_odd.
create table rule_hit_odd partition of rule_hit for values from (minvalue) to (1388534400000000);

-- How a version fared on the events of a day (days since 1970): those that its index let through, and what came of them.
create table rule_coverage (
  cluster_id int not null,
  rule_id int not null,
  version int not null,
  day int not null,
  evaluated bigint not null,
  matched bigint not null,
  insufficient bigint not null,
  errors bigint not null,
  primary key (cluster_id, rule_id, version, day)
);
create index rule_coverage_day on rule_coverage (day);

-- What was not known where a rule could not tell, or what its error said (is_error); at most 20 texts a rule and day, and ''
-- for all others. time and key: an event where it was so.
create table rule_missing (
  count bigint not null,
  time bigint not null,
  key uuid not null,
  cluster_id int not null,
  rule_id int not null,
  version int not null,
  day int not null,
  digest uuid not null,
  is_error boolean not null,
  what text not null,
  because text not null,
  primary key (cluster_id, rule_id, version, day, digest)
);
create index rule_missing_day on rule_missing (day);
