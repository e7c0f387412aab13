-- A worker looks only among the jobs of its kinds, however many of others wait before them.
drop index jobs_ready;
create index jobs_ready on jobs (queue, kind, run_at, id) where state in ('ready', 'waiting');

-- The repositories count (Transaction.came, Transaction.left), and a commit writes each sum once: a trigger wrote a row of row_counts for
-- every change, and had SQLite keep a copy of each page that the statement touched.
drop trigger uploads_inserted;
drop trigger uploads_changed;
drop trigger jobs_inserted;
drop trigger jobs_changed;
drop trigger jobs_deleted;
drop trigger deliveries_inserted;
drop trigger deliveries_changed;

-- One tree where there were two: of small rows that are only looked up by their key, and of events by their number (which SQLite takes for
-- the row's own only when it is called integer).
create table counted (
  what  text   not null check (what in ('uploads', 'jobs', 'deliveries')),
  kind  text   not null,
  state text   not null,
  n     bigint not null,
  primary key (what, kind, state)
) without rowid;
insert into counted select * from row_counts;
drop table row_counts;
alter table counted rename to row_counts;

create table aliases (
  alias     text not null primary key,
  upload_id text not null references uploads (id)
) without rowid;
insert into aliases select * from upload_aliases;
drop table upload_aliases;
alter table aliases rename to upload_aliases;
create index upload_aliases_by_upload on upload_aliases (upload_id);

create table log (
  seq       integer primary key,
  type      text   not null,
  owner     text   not null,
  upload_id text   not null references uploads (id),
  job_id    text,
  data      text   not null,
  at        bigint not null
);
insert into log select * from events;
drop table events;
alter table log rename to events;
create index events_by_owner on events (owner, seq);
