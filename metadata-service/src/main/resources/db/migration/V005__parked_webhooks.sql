-- Notifications of stores that could not be read: for somebody to look at. The newest are kept, up to a number and an age.
create table parked_webhooks (
  seq         bigint primary key,
  source      text   not null,
  reason      text   not null,
  -- the beginning; how long all of it was
  body        text   not null,
  bytes       bigint not null,
  received_at bigint not null
);
