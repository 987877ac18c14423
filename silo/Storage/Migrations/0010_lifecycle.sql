-- Hot wallets, which keep no more than a ceiling, and the end of wallets.
alter table wallets
  drop constraint wallets_kind_check,
  add constraint wallets_kind_check check (kind in ('project', 'user', 'treasury', 'lane', 'imported', 'watch_only', 'hot')),
  add constraint wallets_hot_below_another check (kind <> 'hot' or parent_wallet_id is not null),
  -- The first step; taken back, or followed by the second.
  add deletion_requested_at timestamptz,
  -- The second step: the key is gone, the history stays.
  add deleted_at            timestamptz,
  add constraint wallets_deleted_in_two_steps check (deleted_at is null or deletion_requested_at is not null);
create index wallets_by_parent on wallets (parent_wallet_id);

create table wallet_ceilings (
  wallet_id text not null references wallets,
  -- Base58; empty for SOL.
  mint      text not null,
  amount    base_units not null,
  primary key (wallet_id, mint)
);
