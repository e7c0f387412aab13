-- One text for SQLite and PostgreSQL: text ids, epoch milliseconds, 0/1 for booleans, JSON as text that only Java reads.
create table uploads (
  id              text   primary key,
  owner           text   not null,
  source          text   not null check (source in ('gateway', 'hint')),
  state           text   not null check (state in ('intent', 'receiving', 'reported', 'completed', 'failed', 'expired')),
  attempt         int    not null check (attempt >= 1),
  reason          text,
  detail          text,
  filename        text,
  content_type    text,
  declared_length bigint,
  declared_sha256 text,
  idempotency_key text,
  bucket          text   not null,
  object_key      text   not null,
  size            bigint,
  crc32c          text,
  sha256          text,
  etag            text,
  version_id      text,
  data            text,
  received        bigint not null default 0,
  seq             int    not null default 0,
  created_at      bigint not null,
  received_at     bigint,
  stored_at       bigint,
  completed_at    bigint,
  check ((state = 'completed') = (completed_at is not null)),
  check (state <> 'completed' or size is not null),
  check ((state = 'failed') = (reason is not null))
);
create index uploads_by_owner on uploads (owner, id);
create index uploads_open on uploads (id) where state in ('intent', 'receiving', 'reported');

-- Every try to store an upload has a key of its own: no two PUTs ever go to one key.
create table upload_attempts (
  upload_id           text   not null references uploads (id),
  attempt             int    not null,
  request             text   not null unique,
  gateway             text,
  boot                text,
  bucket              text   not null,
  object_key          text   not null,
  in_doubt            int    not null default 0,
  created_at          bigint not null,
  -- when this attempt's key must be looked at next; null: nothing to look for
  check_at            bigint,
  check_job           text,
  checks              int    not null default 0,
  -- whether the running check was told that the row is nobody's
  check_nobody        int    not null default 0,
  -- absences that counted: 1, 2 (expired), 3 (final check made), and when the last of them was
  absences            int    not null default 0,
  absent_at           bigint,
  -- checks in a row without an answer
  unclear             int    not null default 0,
  check_note          text,
  bucket_missing_at   bigint,
  delete_object       int    not null default 0,
  superseded_at       bigint,
  primary key (upload_id, attempt)
);
create index upload_attempts_due on upload_attempts (check_at) where check_at is not null;
-- Attempts with something counted against them that a beat of their boot takes back.
create index upload_attempts_counted on upload_attempts (boot)
  where in_doubt = 0 and absences < 2 and (check_nobody = 1 or absences = 1);

-- Every name under which an upload may be announced again. Inserted sorted.
create table upload_aliases (
  alias     text primary key,
  upload_id text not null references uploads (id)
);
create index upload_aliases_by_upload on upload_aliases (upload_id);

create table gateway_boots (
  boot       text   primary key,
  name       text   not null,
  beat       bigint not null,
  first_seen bigint not null,
  last_seen  bigint not null
);
