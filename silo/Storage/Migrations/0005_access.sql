-- Principals, what they may do, and the credentials by which they call.

-- One row. Every change of who may do what raises its version, so that a change which was judged by older bindings fails,
-- and tells gateways to read anew.
create table access_state (
  only_row boolean primary key default true check (only_row),
  version  bigint not null default 1
);
insert into access_state default values;

create function tell_access_change() returns trigger language plpgsql as $$
begin
  perform pg_notify('cluster_access', new.version::text);
  return null;
end $$;
create trigger access_state_changed after update on access_state for each row execute function tell_access_change();

create table principals (
  principal_id text primary key,
  name         text not null default '',
  created_at   timestamptz not null
);

create table role_bindings (
  principal_id text not null references principals,
  role         text not null check (role in ('viewer', 'operator', 'admin', 'owner')),
  scope_kind   text not null check (scope_kind in ('everything', 'project', 'wallet')),
  scope_id     text not null check ((scope_kind = 'everything') = (scope_id = '')),
  effect       text not null check (effect in ('allow', 'deny')),
  granted_by   text not null,
  granted_at   timestamptz not null,
  primary key (principal_id, scope_kind, scope_id, role, effect)
);

-- A client certificate is a key whose hash is the SHA-256 of its DER encoding.
alter table api_keys
  add kind         text not null default 'secret' check (kind in ('secret', 'certificate')),
  add principal_id text references principals,
  -- Networks from which it may be used; from anywhere where empty.
  add addresses    cidr[] not null default '{}',
  add created_by   text not null default '',
  add replaced_by  text references api_keys,
  add last_used_at timestamptz,
  add last_used_from text,
  -- Null: the key narrows nothing, its principal's bindings alone decide.
  alter permissions drop not null;

-- Keys made before there were principals get one each, with the smallest role that holds their permissions, which from
-- now on narrow it. The administrator's key of the first start stays what it was made as: everything.
insert into principals (principal_id, name, created_at) select key_id, name, created_at from api_keys;
update api_keys set principal_id = key_id;
update api_keys set permissions = null
where name = 'administrator' and permissions @> array[
  'VIEW_BALANCE', 'SEND_TOKENS', 'SIGN_TRANSACTION', 'CREATE_WALLET', 'MANAGE_WALLET', 'VIEW_CAMPAIGN', 'MANAGE_CAMPAIGN',
  'RUN_CAMPAIGN', 'VIEW_CLUSTER'];
insert into role_bindings (principal_id, role, scope_kind, scope_id, effect, granted_by, granted_at)
select key_id,
  case
    when permissions is null then 'owner'
    when permissions <@ array['VIEW_BALANCE', 'VIEW_CAMPAIGN'] then 'viewer'
    when permissions <@ array['VIEW_BALANCE', 'VIEW_CAMPAIGN', 'SEND_TOKENS', 'SIGN_TRANSACTION', 'MANAGE_CAMPAIGN', 'RUN_CAMPAIGN']
      then 'operator'
    else 'admin'
  end,
  'everything', '', 'allow', 'system:migration', created_at
from api_keys;
alter table api_keys alter principal_id set not null;
create index api_keys_by_principal on api_keys (principal_id);
