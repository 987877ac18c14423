-- Wallets whose key was made elsewhere or is elsewhere, and wallets that are frozen.
alter table wallets
  drop constraint wallets_kind_check,
  add constraint wallets_kind_check check (kind in ('project', 'user', 'treasury', 'lane', 'imported', 'watch_only')),
  -- Null: it may pay.
  add frozen_at     timestamptz,
  add frozen_reason text not null default '',
  add constraint wallets_frozen_for_a_reason check ((frozen_at is null) = (frozen_reason = ''));
