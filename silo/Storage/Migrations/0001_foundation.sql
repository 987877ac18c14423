-- The books of the cluster. docs/schema.md explains each table.
--
-- Amounts are unsigned 64-bit integers in base units: numeric(20) with a check, because bigint is signed.
-- Every aggregate carries a version; a write that finds another version than it read fails (see require_one).

create domain base_units as numeric(20) check (value >= 0 and value <= 18446744073709551615);
create domain public_key as bytea check (length(value) = 32);
create domain signature as bytea check (length(value) = 64);

-- Fails the whole batch where a guarded update or insert did not touch exactly one row: a stale activation wrote.
create function require_one(touched bigint, what text) returns void language plpgsql as $$
begin
  if touched <> 1 then
    raise exception 'stale version of %', what using errcode = 'CL001';
  end if;
end $$;

create table api_keys (
  key_id       text primary key,
  name         text not null,
  key_hash     bytea not null unique check (length(key_hash) = 32),
  permissions  text[] not null,
  created_at   timestamptz not null,
  expires_at   timestamptz,
  revoked_at   timestamptz,
  version      bigint not null default 1
);

create table requests (
  grain_type   text not null,
  grain_key    text not null,
  request_id   text not null,
  method       text not null,
  request_hash bytea not null check (length(request_hash) = 32),
  reply        bytea not null,
  created_at   timestamptz not null,
  primary key (grain_type, grain_key, request_id)
);
create index requests_by_age on requests (created_at);

create table audit_log (
  audit_id     bigint generated always as identity primary key,
  at           timestamptz not null,
  caller_id    text not null,
  caller_name  text not null,
  caller_address text,
  operation    text not null,
  subject_type text not null,
  subject_key  text not null,
  request_id   text not null,
  detail       jsonb not null default '{}'
);
create index audit_log_by_subject on audit_log (subject_type, subject_key, audit_id);

-- Names each setting of a reminder, so that the end of a turn that the older setting began does not touch the newer.
create sequence reminder_versions;

create table reminders (
  grain_type   text not null,
  grain_key    text not null,
  name         text not null,
  due_at       timestamptz not null,
  period       interval not null check (period >= interval '1 second'),
  -- When to fire next: due_at, or later where a silo holds the reminder or its turn failed.
  next_try_at  timestamptz not null,
  attempts     integer not null default 0,
  version      bigint not null default nextval('reminder_versions'),
  primary key (grain_type, grain_key, name)
);
create index reminders_by_next_try on reminders (next_try_at);

create table wallet_keys (
  wallet_id        text not null,
  key_version      integer not null check (key_version > 0),
  public_key       public_key not null unique,
  -- AES-256-GCM: nonce (12) || ciphertext || tag (16); wallet id and key version are the associated data.
  sealed_key       bytea not null,
  wrapped_data_key bytea not null,
  key_encryption_key text not null,
  created_at       timestamptz not null,
  primary key (wallet_id, key_version)
);
create index wallet_keys_by_key_encryption_key on wallet_keys (key_encryption_key);

create table wallets (
  wallet_id        text primary key,
  kind             text not null check (kind in ('project', 'user', 'treasury', 'lane')),
  address          public_key not null unique,
  label            text not null default '',
  parent_wallet_id text references wallets,
  derivation_path  text,
  created_at       timestamptz not null,
  version          bigint not null default 1
);

create table wallet_transactions (
  transfer_id      uuid primary key,
  wallet_id        text not null references wallets,
  kind             text not null check (kind in ('transfer', 'sweep')),
  destination      public_key not null,
  mint             public_key,
  amount           base_units not null,
  memo             text not null default '',
  status           text not null check (status in ('pending', 'confirmed', 'finalized', 'failed', 'expired')),
  fee_lamports     base_units not null,
  rent_lamports    base_units not null,
  -- Committed before the first send; the bytes are dropped once the outcome is final.
  transaction      bytea,
  signature        signature not null unique,
  last_valid_block_height bigint not null,
  slot             bigint not null default 0,
  error            text not null default '',
  created_at       timestamptz not null,
  settled_at       timestamptz,
  version          bigint not null default 1
);
create index wallet_transactions_by_wallet on wallet_transactions (wallet_id, created_at desc, transfer_id desc);
create index wallet_transactions_in_flight on wallet_transactions (wallet_id) where status in ('pending', 'confirmed');

create table campaigns (
  campaign_id   text primary key,
  name          text not null default '',
  wallet_id     text not null references wallets,
  mint          public_key,
  token_program public_key,
  decimals      smallint not null check (decimals between 0 and 255),
  state         text not null check (state in
                  ('draft', 'ready', 'running', 'paused', 'cancelling', 'completed', 'cancelled')),
  duplicates    text not null check (duplicates in ('reject', 'merge', 'keep')),
  off_curve     text not null check (off_curve in ('reject', 'allow')),
  lanes         integer not null default 0 check (lanes between 0 and 64),
  -- Below which path of the source wallet's key its lanes' keys are derived.
  derivation_index integer generated always as identity,
  recipients    bigint not null default 0,
  total_amount  base_units not null default 0,
  -- All of them; the first 1,000,000 have a row in campaign_failures.
  rejected_rows bigint not null default 0,
  -- Token accounts that the last estimate found missing; null where the recipients changed since.
  missing_accounts bigint,
  upload_id     text,
  upload_lease  timestamptz,
  pause_reason  text not null default '',
  created_at    timestamptz not null,
  started_at    timestamptz,
  ended_at      timestamptz,
  version       bigint not null default 1
);
create index campaigns_by_age on campaigns (created_at desc, campaign_id);

-- Written once, by COPY. What became of a recipient is the status of the batch that covers it.
create table campaign_recipients (
  campaign_id text not null references campaigns,
  sequence    bigint not null,
  line        bigint not null,
  owner       public_key not null,
  amount      base_units not null check (amount > 0),
  primary key (campaign_id, sequence)
);

create table campaign_lanes (
  campaign_id   text not null references campaigns,
  lane          integer not null,
  wallet_id     text not null,
  state         text not null check (state in ('scanning', 'funding', 'paying', 'sweeping', 'done')),
  paused        boolean not null default false,
  cancelled     boolean not null default false,
  stalled       text not null default '',
  first_sequence bigint not null,
  last_sequence  bigint not null check (last_sequence >= first_sequence),
  -- The first recipient that is neither in a batch nor failed. Only ever grows.
  next_sequence  bigint not null check (next_sequence between first_sequence and last_sequence + 1),
  next_batch     bigint not null default 0,
  -- What the source was last asked to pay in. The attempt is part of the transfer's request id, so that asking again
  -- after a death pays nothing twice; it grows only when the transfer before is final.
  token_deposit   base_units not null default 0,
  token_attempt   integer not null default 0,
  token_arrived   boolean not null default false,
  lamport_deposit base_units not null default 0,
  lamport_attempt integer not null default 0,
  lamport_arrived boolean not null default false,
  sweep_attempt   integer not null default 0,
  -- Progress, kept in step with the batches so that nobody has to count them.
  paid          bigint not null default 0 check (paid >= 0),
  paid_amount   base_units not null default 0,
  finalized     bigint not null default 0 check (finalized between 0 and paid),
  in_flight     bigint not null default 0 check (in_flight >= 0),
  failed        bigint not null default 0 check (failed >= 0),
  transactions  bigint not null default 0,
  fees          base_units not null default 0,
  rent          base_units not null default 0,
  resigned      bigint not null default 0,
  version       bigint not null default 1,
  primary key (campaign_id, lane),
  check (paid + in_flight + failed <= next_sequence - first_sequence)
);

-- One row for every transaction that a lane ever signed. A batch that expired, landed with an error, or landed while the
-- lane lacked funds, is replaced by later batches that cover its recipients (or by their failures); among the batches that are not replaced, no two
-- cover the same recipient.
create table campaign_batches (
  campaign_id    text not null,
  lane           integer not null,
  batch          bigint not null,
  first_sequence bigint not null,
  last_sequence  bigint not null check (last_sequence between first_sequence and first_sequence + 63),
  status         text not null check (status in
                   ('signed', 'confirmed', 'finalized', 'expired', 'rejected', 'unfunded', 'replaced')),
  -- How many transactions were signed in a row for these recipients, this one included.
  attempts       integer not null default 1 check (attempts > 0),
  -- Committed before the first send; the bytes are dropped once the outcome is final.
  transaction    bytea,
  signature      signature not null,
  last_valid_block_height bigint not null,
  slot           bigint not null default 0,
  amount         base_units not null,
  fee_lamports   base_units not null,
  rent_lamports  base_units not null,
  error          text not null default '',
  primary key (campaign_id, lane, batch),
  foreign key (campaign_id, lane) references campaign_lanes
);
create index campaign_batches_open on campaign_batches (campaign_id, lane)
  where status in ('signed', 'confirmed', 'expired', 'rejected', 'unfunded');
create unique index campaign_batches_live on campaign_batches (campaign_id, first_sequence)
  where status <> 'replaced';

create table campaign_failures (
  failure_id  bigint generated always as identity primary key,
  campaign_id text not null references campaigns,
  stage       text not null check (stage in ('upload', 'payment')),
  line        bigint not null,
  sequence    bigint,
  address     text not null,
  amount      text not null,
  reason      text not null,
  signature   signature,
  unique (campaign_id, stage, sequence)
);
create index campaign_failures_by_line on campaign_failures (campaign_id, line, failure_id);
