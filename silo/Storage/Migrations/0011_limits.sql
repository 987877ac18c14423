-- How much may be paid, how often, and to whom.
create table limit_rules (
  rule_id     text primary key,
  scope_kind  text not null check (scope_kind in ('everything', 'project', 'wallet', 'principal')),
  scope_id    text not null check ((scope_kind = 'everything') = (scope_id = '')),
  -- SOL, a mint's address, or * for every asset.
  asset       text not null,
  max_amount  base_units,
  second_factor_from base_units,
  window_seconds integer check (window_seconds > 0),
  max_count   integer check (max_count > 0),
  max_window_amount base_units,
  -- Null: anybody may be paid. Otherwise only who is listed, this long after having been added.
  waiting_seconds integer check (waiting_seconds >= 0),
  set_by      text not null,
  set_at      timestamptz not null,
  check ((window_seconds is null) = (max_count is null and max_window_amount is null)),
  check (asset <> '*' or (max_amount is null and second_factor_from is null and max_window_amount is null))
);

create table allowed_destinations (
  rule_id   text not null references limit_rules on delete cascade,
  address   public_key not null,
  added_by  text not null,
  added_at  timestamptz not null,
  primary key (rule_id, address)
);

-- What counts against a rule's window. Committed with the payment or not at all; gone once the window has passed.
create table limit_uses (
  use_id  bigint generated always as identity primary key,
  rule_id text not null references limit_rules on delete cascade,
  at      timestamptz not null,
  amount  base_units not null
);
create index limit_uses_by_rule on limit_uses (rule_id, at);

-- Fails the whole transaction where a payment breaks a rule, and counts it against all of them where it does not. Rules are
-- locked in order of id until the transaction ends, so that payments of several silos are judged one after the other. The
-- clock is the database's, which all silos share. Errors: CL002 not allowed, CL003 not now, CL004 not without a second factor.
create function spend_within_limits(payer text, principal text, paid_asset text, paid numeric, destination bytea, has_second_factor boolean)
returns void language plpgsql as $$
declare
  project text;
  rule    limit_rules;
  used    record;
  added   timestamptz;
  moment  timestamptz;
begin
  with recursive line as (
    select wallet_id, parent_wallet_id, 1 as generation from wallets where wallet_id = payer
    union all
    select w.wallet_id, w.parent_wallet_id, generation + 1
    from wallets w join line on w.wallet_id = line.parent_wallet_id where generation < 32)
  select wallet_id into project from line where parent_wallet_id is null;

  for rule in
    select * from limit_rules r
    where r.asset in ('*', paid_asset) and (
      r.scope_kind = 'everything'
      or (r.scope_kind = 'wallet' and r.scope_id = payer)
      or (r.scope_kind = 'project' and r.scope_id = project)
      or (r.scope_kind = 'principal' and r.scope_id = principal))
    order by r.rule_id for update
  loop
    moment := clock_timestamp();
    if paid > rule.max_amount then
      raise exception 'limit %: % base units of % are more than the % that one payment may have', rule.rule_id, paid, paid_asset, rule.max_amount
        using errcode = 'CL002';
    end if;

    if paid >= rule.second_factor_from and not has_second_factor then
      raise exception 'limit %: payments of % base units of % and more take the code of an authenticator', rule.rule_id, rule.second_factor_from, paid_asset
        using errcode = 'CL004';
    end if;

    if rule.waiting_seconds is not null then
      if destination is null then
        raise exception 'limit %: only listed destinations may be paid, so no campaign is paid from this wallet', rule.rule_id using errcode = 'CL002';
      end if;
      select added_at into added from allowed_destinations a where a.rule_id = rule.rule_id and a.address = destination;
      if not found then
        raise exception 'limit %: the destination is not on its list', rule.rule_id using errcode = 'CL002';
      end if;
      if moment < added + make_interval(secs => rule.waiting_seconds) then
        raise exception 'limit %: the destination was listed a short while ago and may be paid from % on', rule.rule_id,
          to_char((added + make_interval(secs => rule.waiting_seconds)) at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS"Z"') using errcode = 'CL002';
      end if;
    end if;

    if rule.window_seconds is not null then
      delete from limit_uses u where u.rule_id = rule.rule_id and u.at <= moment - make_interval(secs => rule.window_seconds);
      select count(*) as number, coalesce(sum(u.amount), 0) as amount into used from limit_uses u where u.rule_id = rule.rule_id;
      if used.number >= rule.max_count then
        raise exception 'limit %: % payments were made in the last % seconds, as many as may be', rule.rule_id, used.number, rule.window_seconds
          using errcode = 'CL003';
      end if;
      if used.amount + paid > rule.max_window_amount then
        raise exception 'limit %: with this payment % base units of % would be paid in % seconds, and % may be', rule.rule_id,
          used.amount + paid, paid_asset, rule.window_seconds, rule.max_window_amount using errcode = 'CL003';
      end if;
      insert into limit_uses (rule_id, at, amount) values (rule.rule_id, moment, paid);
    end if;
  end loop;
end $$;
