-- Digest of the user whose attempt this is, as the application named him: a repeated intent gets the same answer. Null: named nobody.
alter table upload_attempts add column user_digest text;
