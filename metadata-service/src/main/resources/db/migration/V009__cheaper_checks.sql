-- SQLite builds a tree of what stands behind IN, when that is more than two, each time it looks at a row: for a CHECK and for a partial
-- index that was as dear as writing the row. It can not change a CHECK, so these tables are made anew.
create table uploads_new (
  id              text   primary key,
  owner           text   not null,
  source          text   not null check (source in ('gateway', 'hint')),
  state           text   not null check (state = 'intent' or state = 'receiving' or state = 'reported' or state = 'completed'
                                         or state = 'failed' or state = 'expired'),
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
insert into uploads_new select * from uploads;
drop table uploads;
alter table uploads_new rename to uploads;
create index uploads_by_owner on uploads (owner, id);
create index uploads_open on uploads (id) where state = 'intent' or state = 'receiving' or state = 'reported';

create table jobs_new (
  id           text   primary key,
  upload_id    text   not null references uploads (id),
  owner        text   not null,
  attempt_of   int    not null,
  kind         text   not null,
  queue        text   not null check (queue in ('jobs', 'checks')),
  state        text   not null check (state = 'ready' or state = 'running' or state = 'waiting' or state = 'succeeded'
                                      or state = 'dead' or state = 'quarantined'),
  dedup_key    text   not null unique,
  config       text   not null,
  run_at       bigint not null,
  -- the fencing token: counts every claim, also those that burn no attempt
  fence        int    not null default 0,
  attempt      int    not null default 0,
  failures     int    not null default 0,
  crashes      int    not null default 0,
  worker       text,
  worker_boot  text,
  lease_until  bigint,
  -- whether the present lease's holder was ever heard of
  taken_up     int    not null default 0,
  progress     text,
  result       text,
  error        text,
  created_at   bigint not null,
  finished_at  bigint,
  check ((state = 'running') = (lease_until is not null)),
  check ((state = 'succeeded' or state = 'dead' or state = 'quarantined') = (finished_at is not null))
);
insert into jobs_new select * from jobs;
drop table jobs;
alter table jobs_new rename to jobs;
create index jobs_ready on jobs (queue, kind, run_at, id) where state in ('ready', 'waiting');
create index jobs_leases on jobs (lease_until) where state = 'running';
create index jobs_by_upload on jobs (upload_id, id);
create index jobs_by_owner on jobs (owner, id) where queue = 'jobs';
create index jobs_checks_finished on jobs (finished_at) where queue = 'checks';

create table job_attempts_new (
  job_id       text   not null references jobs (id),
  fence        int    not null,
  number       int    not null,
  worker       text   not null,
  outcome      text   not null check (outcome = 'running' or outcome = 'succeeded' or outcome = 'failed' or outcome = 'crashed'
                                      or outcome = 'timed-out' or outcome = 'released' or outcome = 'lost'),
  started_at   bigint not null,
  finished_at  bigint,
  error        text,
  exit_code    int,
  wall_ms      bigint,
  cpu_ms       bigint,
  max_rss_bytes bigint,
  output_tail  text,
  primary key (job_id, fence)
);
insert into job_attempts_new select * from job_attempts;
drop table job_attempts;
alter table job_attempts_new rename to job_attempts;

create table deliveries_new (
  id           text   primary key,
  upload_id    text   not null references uploads (id),
  job_id       text,
  event        text   not null,
  body         text   not null,
  state        text   not null check (state = 'pending' or state = 'delivered' or state = 'dead'),
  attempts     int    not null default 0,
  run_at       bigint not null,
  last_status  int,
  last_error   text,
  created_at   bigint not null,
  delivered_at bigint,
  check ((state = 'delivered') = (delivered_at is not null))
);
insert into deliveries_new select * from deliveries;
drop table deliveries;
alter table deliveries_new rename to deliveries;
create index deliveries_due on deliveries (run_at) where state = 'pending';
create index deliveries_by_upload on deliveries (upload_id);

-- Nobody asks for the aliases of an upload.
drop index upload_aliases_by_upload;
