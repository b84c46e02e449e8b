-- Tokens of people and programs. created_by: who added it; null of the one that an installation makes for itself. Past expires_at it
-- is not known. last_used_at is right to a minute. A step about a token has no rule. Columns without a default and a constraint less,
-- so that no table is read or written anew.
alter table api_token
  add column created_by text,
  add column expires_at timestamptz,
  add column last_used_at timestamptz;
alter table triage_step
  alter column rule_id drop not null,
  add column token_id uuid references api_token (id);
