-- Back-tests: what a rule would have found in what is stored, asked before it is put in force. New tables; locks nothing.

-- text: the rule that is asked about; running: the text of the version in force when it was asked, where that is another one.
-- snapshot: what was stored when it was asked for (packages/query/snapshot.ts). job: the outbox row of its next part; none once
-- it is ended. position: of the last event that was read; is_read: all are, and what counts is left to be told. events: read
-- events; hits: rows of backtest_hit. tally: what was judged so far, and what was not known (BacktestTally of backtests.ts).
-- reached_us: where it stopped, as its hits were too many; null where it did not. result: BacktestResult.
create table backtest (
  id uuid primary key,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  maker_id uuid not null,
  maker text not null,
  scope jsonb not null,
  rule text not null,
  text text not null,
  running_version int,
  running text,
  cluster text,
  since_us bigint not null,
  until_us bigint not null,
  snapshot text not null,
  state text not null default 'queued' check (state in ('queued', 'running', 'done', 'failed', 'cancelled')),
  error text,
  job uuid unique,
  position_us bigint,
  position_key uuid,
  is_read boolean not null default false,
  events bigint not null default 0,
  hits int not null default 0,
  tally jsonb,
  reached_us bigint,
  result jsonb,
  check ((state in ('queued', 'running')) = (job is not null)),
  check ((state = 'done') = (result is not null))
);
create index backtest_created on backtest (created_at, id);

-- A request that the rule (version 1) or the one in force (version 0) matches, until it is told what counts. Columns as in rule_hit.
create table backtest_hit (
  time bigint not null,
  stage_time bigint not null,
  due_us bigint,
  backtest_id uuid not null references backtest (id) on delete cascade,
  finding_id uuid not null,
  request uuid not null,
  key uuid not null,
  cluster_id int not null,
  version smallint not null check (version in (0, 1)),
  step smallint not null,
  stage_rank smallint not null,
  value text,
  -- Its fields stay in the order of the rule.
  "group" json not null,
  summary text not null,
  primary key (backtest_id, version, finding_id, time, request, step)
);
