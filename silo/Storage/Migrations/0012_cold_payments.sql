-- Wallets whose key is kept offline, and the transactions that were made for their owners to sign.
alter table wallets
  drop constraint wallets_kind_check,
  add constraint wallets_kind_check check (kind in ('project', 'user', 'treasury', 'lane', 'imported', 'watch_only', 'hot', 'cold'));

-- Written once. One that was signed and handed in has a row of the same id in wallet_transactions.
create table cold_payments (
  payment_id    uuid primary key,
  wallet_id     text not null references wallets,
  destination   public_key not null,
  mint          public_key,
  amount        base_units not null,
  memo          text not null default '',
  fee_lamports  base_units not null,
  rent_lamports base_units not null,
  -- With zeros in place of the signature.
  transaction   bytea not null,
  last_valid_block_height bigint not null,
  created_at    timestamptz not null
);
create index cold_payments_by_wallet on cold_payments (wallet_id, created_at desc);
