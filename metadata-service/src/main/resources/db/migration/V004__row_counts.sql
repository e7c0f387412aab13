-- How many rows are in which state, kept by the statements that change them: counting a million of them takes seconds. The triggers are
-- SQLite's dialect. Rows of jobs and deliveries are never deleted but for checks.
create table row_counts (
  what  text   not null check (what in ('uploads', 'jobs', 'deliveries')),
  kind  text   not null,
  state text   not null,
  n     bigint not null,
  primary key (what, kind, state)
);
insert into row_counts (what, kind, state, n)
  select 'uploads', '', state, count(*) from uploads group by state
  union all select 'jobs', kind, state, count(*) from jobs group by kind, state
  union all select 'deliveries', '', state, count(*) from deliveries group by state;

create trigger uploads_inserted after insert on uploads
begin
  insert into row_counts (what, kind, state, n) values ('uploads', '', new.state, 1)
    on conflict (what, kind, state) do update set n = n + 1;
end;
create trigger uploads_changed after update of state on uploads when old.state <> new.state
begin
  update row_counts set n = n - 1 where what = 'uploads' and kind = '' and state = old.state;
  insert into row_counts (what, kind, state, n) values ('uploads', '', new.state, 1)
    on conflict (what, kind, state) do update set n = n + 1;
end;

create trigger jobs_inserted after insert on jobs
begin
  insert into row_counts (what, kind, state, n) values ('jobs', new.kind, new.state, 1)
    on conflict (what, kind, state) do update set n = n + 1;
end;
create trigger jobs_changed after update of state on jobs when old.state <> new.state
begin
  update row_counts set n = n - 1 where what = 'jobs' and kind = old.kind and state = old.state;
  insert into row_counts (what, kind, state, n) values ('jobs', new.kind, new.state, 1)
    on conflict (what, kind, state) do update set n = n + 1;
end;
create trigger jobs_deleted after delete on jobs
begin
  update row_counts set n = n - 1 where what = 'jobs' and kind = old.kind and state = old.state;
end;

create trigger deliveries_inserted after insert on deliveries
begin
  insert into row_counts (what, kind, state, n) values ('deliveries', '', new.state, 1)
    on conflict (what, kind, state) do update set n = n + 1;
end;
create trigger deliveries_changed after update of state on deliveries when old.state <> new.state
begin
  update row_counts set n = n - 1 where what = 'deliveries' and kind = '' and state = old.state;
  insert into row_counts (what, kind, state, n) values ('deliveries', '', new.state, 1)
    on conflict (what, kind, state) do update set n = n + 1;
end;
