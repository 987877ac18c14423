-- The audit log tells more, and whoever changes it is found out. Each row carries a MAC over its content under a key that
-- is not in the database; seals chain the committed rows.

-- As text, since a MAC is over text.
alter table audit_log
  alter detail drop default,
  alter detail type json using detail::json,
  alter detail set default '{}',
  -- Makes each row's MAC its own, so that a copy of a row shows.
  add entry_id       uuid not null default gen_random_uuid(),
  add caller_role    text not null default '',
  add user_agent     text not null default '',
  add outcome        text not null default 'done' check (outcome in ('done', 'refused', 'failed')),
  add severity       text not null default 'low' check (severity in ('low', 'medium', 'high')),
  -- Tells which rows can no longer be joined by one that was written earlier and commits later.
  add transaction_id xid8 not null default pg_current_xact_id(),
  add key_id         text not null default '',
  add mac            bytea check (length(mac) = 32);
alter table audit_log
  alter entry_id drop default,
  alter outcome drop default,
  alter severity drop default,
  alter key_id drop default,
  -- Rows from before have none; the first seal vouches for them as it finds them.
  add constraint audit_log_mac_is_there check (mac is not null) not valid;
create index audit_log_by_transaction on audit_log (transaction_id);
create index audit_log_by_caller on audit_log (caller_id, audit_id);
create index audit_log_by_time on audit_log using brin (at);
create index audit_log_alarming on audit_log (audit_id) where severity <> 'low';

create table audit_seals (
  seal_number bigint primary key check (seal_number > 0),
  sealed_at   timestamptz not null,
  -- Every row of an earlier transaction is sealed, here or before.
  horizon     xid8 not null,
  -- Every row up to this one is sealed, whatever its transaction: the database was restored when it stood there.
  restored_id bigint not null default 0,
  audit_ids   bigint[] not null check (cardinality(audit_ids) > 0),
  -- The rows' MACs, 32 bytes each, in the same order.
  macs        bytea not null check (length(macs) = 32 * cardinality(audit_ids)),
  key_id      text not null,
  -- MAC over all of the above and over the head of the seal before.
  head        bytea not null check (length(head) = 32)
);

-- Under which keys MACs were ever made: a process that lacks one of them does not start.
create table audit_keys (
  key_id  text primary key,
  used_at timestamptz not null
);

-- Whoever the caller is, the owner and superusers included: they must take the trigger away first, and can be seen to.
create function refuse_audit_change() returns trigger language plpgsql as $$
begin
  raise exception '% of % is refused: rows are only ever added', tg_op, tg_table_name using errcode = '42501';
end $$;
create trigger audit_log_is_kept before update or delete or truncate on audit_log
  for each statement execute function refuse_audit_change();
create trigger audit_seals_are_kept before update or delete or truncate on audit_seals
  for each statement execute function refuse_audit_change();

-- Keeps writers of the audit log away until the transaction ends. Needed once after a restore, by a role that may
-- otherwise only insert.
create function hold_audit_log() returns void language sql security definer set search_path from current as $$
  lock table audit_log in share mode
$$;

-- Gives a role all that the cluster's processes need, and no more: it can add audit rows and seals, and change or remove
-- none; it can neither change the schema nor what it has been through. To be called by the owner of the tables, after
-- every migration (cluster-gateway migrate --grant-to does).
create function grant_to_cluster(grantee name) returns void language plpgsql as $$
begin
  execute format('grant usage on schema %I to %I', current_schema(), grantee);
  execute format('grant select, insert, update, delete on all tables in schema %I to %I', current_schema(), grantee);
  execute format('grant usage on all sequences in schema %I to %I', current_schema(), grantee);
  execute format('revoke update, delete on audit_log, audit_seals, audit_keys from %I', grantee);
  execute format('revoke insert, update, delete on schema_migrations from %I', grantee);
end $$;
