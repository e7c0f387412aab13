-- How large this attempt's object may be, as was decided with its intent; null: before this column, or only reported.
alter table upload_attempts add column max_bytes bigint;
