-- Until when the store may still be at work on an attempt that is in doubt (ADR 0009); null: not in doubt, or from before this column.
alter table upload_attempts add column doubt_until bigint;
