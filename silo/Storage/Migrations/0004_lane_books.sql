-- What a lane must know again after a death.
alter table campaign_lanes
  -- The newest slot in which a deposit or a payment of the lane landed: what the chain says of the lane's wallet counts
  -- from there on.
  add column landed_slot bigint not null default 0,
  -- Deposits and sweeps lost, and shortages, since a payment was last finalized or a person resumed the lane.
  add column setbacks integer not null default 0,
  -- Micro-lamports a compute unit with which its lamports were reckoned; null where they were not yet.
  add column fee_price base_units;

-- Lanes that are being swept have asked for it already, without a slot; asked otherwise it would be another request.
update campaign_lanes l set landed_slot = greatest(
  (select coalesce(max(b.slot), 0) from campaign_batches b where b.campaign_id = l.campaign_id and b.lane = l.lane),
  (select coalesce(max(t.slot), 0)
   from campaigns c
   join wallet_transactions t on t.wallet_id = c.wallet_id
   join wallets w on w.address = t.destination
   where c.campaign_id = l.campaign_id and w.wallet_id = l.wallet_id))
where l.state in ('scanning', 'funding', 'paying');
