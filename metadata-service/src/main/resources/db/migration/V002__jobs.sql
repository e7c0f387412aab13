create table jobs (
  id           text   primary key,
  upload_id    text   not null references uploads (id),
  owner        text   not null,
  attempt_of   int    not null,
  kind         text   not null,
  queue        text   not null check (queue in ('jobs', 'checks')),
  state        text   not null check (state in ('ready', 'running', 'waiting', 'succeeded', 'dead', 'quarantined')),
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
  check ((state in ('succeeded', 'dead', 'quarantined')) = (finished_at is not null))
);
create index jobs_ready on jobs (queue, run_at, id) where state in ('ready', 'waiting');
create index jobs_leases on jobs (lease_until) where state = 'running';
create index jobs_by_upload on jobs (upload_id, id);
create index jobs_by_owner on jobs (owner, id) where queue = 'jobs';
create index jobs_checks_finished on jobs (finished_at) where queue = 'checks';

create table job_attempts (
  job_id       text   not null references jobs (id),
  fence        int    not null,
  number       int    not null,
  worker       text   not null,
  outcome      text   not null check (outcome in ('running', 'succeeded', 'failed', 'crashed', 'timed-out', 'released', 'lost')),
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

create table workers (
  boot      text   primary key,
  name      text   not null,
  kinds     text   not null,
  stats     text,
  state     text   not null check (state in ('alive', 'lost', 'stopped')),
  first_seen bigint not null,
  last_seen bigint not null
);

create table deliveries (
  id           text   primary key,
  upload_id    text   not null references uploads (id),
  job_id       text,
  event        text   not null,
  body         text   not null,
  state        text   not null check (state in ('pending', 'delivered', 'dead')),
  attempts     int    not null default 0,
  run_at       bigint not null,
  last_status  int,
  last_error   text,
  created_at   bigint not null,
  delivered_at bigint,
  check ((state = 'delivered') = (delivered_at is not null))
);
create index deliveries_due on deliveries (run_at) where state = 'pending';
create index deliveries_by_upload on deliveries (upload_id);

-- seq is allotted by the committing thread, so no reader can skip a late commit.
create table events (
  seq       bigint primary key,
  type      text   not null,
  owner     text   not null,
  upload_id text   not null references uploads (id),
  job_id    text,
  data      text   not null,
  at        bigint not null
);
create index events_by_owner on events (owner, seq);

-- Written by the readiness check: a database that only answers is not enough.
create table health (
  id     int    primary key check (id = 1),
  at     bigint not null,
  filler text
);
