-- Treasuries from which several people pay together.
alter table wallets
  -- Principals of whom so many must agree to a payment; 0 and none where anybody with the permission pays.
  add approval_threshold integer not null default 0,
  add approvers          text[] not null default '{}',
  add constraint wallets_enough_approvers check (approval_threshold between 0 and cardinality(approvers));

create table wallet_proposals (
  proposal_id uuid primary key,
  wallet_id   text not null references wallets,
  state       text not null check (state in ('open', 'done', 'rejected')),
  -- Of a payment; amount 0 and no destination for a change of approvers.
  destination public_key,
  mint        public_key,
  amount      base_units not null,
  memo        text not null default '',
  -- Of a change of approvers; 0 and none for a payment.
  threshold   integer not null default 0,
  approvers   text[] not null default '{}',
  proposed_by text not null,
  approved_by text[] not null default '{}',
  transfer_id uuid references wallet_transactions,
  created_at  timestamptz not null,
  version     bigint not null default 1,
  check ((destination is null) = (amount = 0) and (destination is null) = (threshold > 0))
);
create index wallet_proposals_by_wallet on wallet_proposals (wallet_id, created_at desc);
