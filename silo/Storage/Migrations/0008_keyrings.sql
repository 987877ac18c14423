-- Key-encryption keys in the course of their lives, and who holds opened keys.

-- Sealed here, or in an HSM that signs itself: then the columns of the seal are empty, and key_encryption_key names the
-- key in the HSM.
alter table wallet_keys add custody text not null default 'sealed' check (custody in ('sealed', 'hsm'));

-- Keys under which nothing may be wrapped any more, because they are, or are about to be, disabled where they are kept.
create table retired_key_encryption_keys (
  key_id      text primary key,
  retired_at  timestamptz not null,
  disabled_at timestamptz
);

create table keyring_rotations (
  rotation_id  bigint generated always as identity primary key,
  keyring      text not null,
  kind         text not null check (kind in ('rotate', 'recover')),
  state        text not null check (state in ('preparing', 'rewrapping', 'retiring', 'done')),
  new_version  boolean not null,
  retire       boolean not null,
  -- The key that was current at the start; for a recovery the older key.
  source_key   text not null default '',
  target_key   text not null default '',
  -- Under which keys wallets' keys were wrapped when it began, the target left out.
  older_keys   text[] not null default '{}',
  total        bigint not null default 0,
  rewrapped    bigint not null default 0 check (rewrapped >= 0),
  failed       bigint not null default 0 check (failed >= 0),
  -- The last key of the page before, and what was done since the pass began.
  cursor_wallet  text not null default '',
  cursor_version integer not null default 0,
  pass_rewrapped bigint not null default 0,
  -- What it waits for, or why it ended early; empty while it goes on.
  problem      text not null default '',
  started_by   text not null,
  started_at   timestamptz not null,
  ended_at     timestamptz,
  version      bigint not null default 1
);
create unique index keyring_rotations_open on keyring_rotations (keyring) where state <> 'done';

create table keyring_failures (
  rotation_id bigint not null references keyring_rotations,
  wallet_id   text not null,
  key_version integer not null,
  reason      text not null,
  primary key (rotation_id, wallet_id, key_version)
);

create table key_cache_clears (
  clear_id     bigint generated always as identity primary key,
  requested_by text not null,
  requested_at timestamptz not null
);

-- Processes that open wallets' keys.
create table key_holders (
  holder_id   text primary key,
  current_key text not null,
  opened_keys integer not null,
  -- The newest clear that it has obeyed.
  cleared     bigint not null,
  seen_at     timestamptz not null
);

create function tell_key_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('cluster_keys', tg_table_name);
  return null;
end $$;
create trigger key_cache_cleared after insert on key_cache_clears for each row execute function tell_key_change();
create trigger keyring_rotated after insert or update of target_key on keyring_rotations for each row execute function tell_key_change();
