-- Second factors: one-time passwords by time (RFC 6238) and recovery codes.
create table second_factors (
  principal_id  text primary key references principals,
  active        boolean not null,
  -- AES-256-GCM under the key that key_id names: nonce (12) || ciphertext || tag (16); the principal is the associated data.
  sealed_secret bytea not null,
  key_id        text not null,
  -- The latest time step whose code was accepted; no code of it, or of an earlier one, is accepted again.
  last_step     bigint not null default 0,
  -- Attempts since the last one that succeeded; each is counted before it is judged.
  failures      integer not null default 0,
  locked_until  timestamptz,
  created_at    timestamptz not null
);

create table recovery_codes (
  principal_id text not null references second_factors on delete cascade,
  code_hash    bytea not null check (length(code_hash) = 32),
  used_at      timestamptz,
  primary key (principal_id, code_hash)
);
