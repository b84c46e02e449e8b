-- Findings by when they were found, a page of them without all others. Locks finding against writes while the index is made: a
-- second a million.
create index finding_opened on finding (opened_at, id) where events > 0;
