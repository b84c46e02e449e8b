-- Living with findings: what people made of each, every step of that, and what is not to be counted. Columns with a constant
-- default, and so no table is written anew; the indexes read what there is of findings and hits, which is little before this.

-- state is what people said last, or what a new event made of it. triage_version goes up with each change of it (the ETag), and
-- triage_steps with each row of triage_step, so that there is a bound. An ignored finding opens again at ignored_until, once it has
-- ignored_events events, or with an event that ignored_match (of the query language) means; with none of them it does not.
alter table finding
  add column state text not null default 'open' check (state in ('open', 'acknowledged', 'resolved', 'ignored')),
  add column regressed boolean not null default false,
  add column assignee text,
  add column reason text,
  add column ignored_until timestamptz,
  add column ignored_events bigint,
  add column ignored_match text,
  add column triage_version int not null default 0,
  add column triage_steps int not null default 0,
  add column triaged_at timestamptz;
create index finding_state on finding (state, last_time, id) where events > 0 and state <> 'open';
create index finding_assignee on finding (assignee, last_time, id) where events > 0 and assignee is not null;
create index finding_ignored_until on finding (ignored_until) where ignored_until is not null;
create index finding_rule on finding (rule_id, id);

-- What is not to be counted: hits of a rule whose events the match means, while it holds. ended_at: when it ceased to, and then
-- ended_by is who deleted it, or null where expires_at came. is_pending: hits that were there before the last change of holds are
-- still to be looked at, those up to walked (finding, time, request) are; walked is null before the first.
create table exception (
  id int generated always as identity primary key,
  rule_id int not null references rule (id),
  match text not null,
  reason text not null,
  owner text,
  created_at timestamptz not null default clock_timestamp(),
  created_by text not null,
  expires_at timestamptz,
  holds boolean not null default true,
  ended_at timestamptz,
  ended_by text,
  is_pending boolean not null default true,
  walked_finding uuid,
  walked_time bigint,
  walked_request uuid
);
create index exception_holds on exception (rule_id, id) where holds;
create index exception_expires on exception (expires_at) where holds and expires_at is not null;
create index exception_pending on exception (id) where is_pending;

-- The exception by which a hit does not count: of several the first. Null where there is none.
alter table rule_hit add column hidden_by int;
create index rule_hit_hidden on rule_hit (hidden_by, finding_id) where hidden_by is not null;

-- Plaintrail's own audit trail: who did what about a finding or an exception, and what it was before and after. who_id: the id of
-- the API token; null where Plaintrail did it by itself. There is no reference to finding: steps outlive it.
create table triage_step (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  who text not null,
  who_id uuid,
  did text not null,
  finding_id uuid,
  cluster_id int references cluster (id),
  rule_id int not null references rule (id),
  exception_id int references exception (id),
  before jsonb,
  after jsonb,
  reason text,
  comment text
);
create index triage_step_finding on triage_step (finding_id, id) where finding_id is not null;
create index triage_step_at on triage_step (at);

create function refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'could not change %: its rows stay as they were written', tg_table_name using errcode = 'restrict_violation';
end
$$;
create trigger triage_step_stays before update or delete or truncate on triage_step
  for each statement execute function refuse_change();
