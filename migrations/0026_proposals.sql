-- Who proposed to ignore a finding for ever, where another person has to confirm it: proposed_by is the name and proposed_by_id the id
-- of the API token. All are null where nobody did. Columns without a default, so no table is written anew; the index is empty, and
-- reads finding once.
alter table finding
  add column proposed_by text,
  add column proposed_by_id uuid,
  add column proposed_at timestamptz,
  add column proposed_reason text,
  add column proposed_comment text;
create index finding_proposed on finding (last_time, id) where events > 0 and proposed_at is not null;
