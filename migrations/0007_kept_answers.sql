-- Answers to requests that had an Idempotency-Key, for 24 hours. Small: only POSTs that make something write a row.

-- key_digest, request_digest: SHA-256. sealed: the answer, encrypted with the caller's own token, which is stored nowhere;
-- null while it is being answered.
create table kept_answer (
  token_id uuid not null references api_token (id),
  key_digest bytea not null check (octet_length(key_digest) = 32),
  request_digest bytea not null check (octet_length(request_digest) = 32),
  created_at timestamptz not null default now(),
  sealed bytea,
  primary key (token_id, key_digest)
);
create index kept_answer_created on kept_answer (created_at);
