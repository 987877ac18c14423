-- What the Orleans host keeps here by Microsoft.Orleans.Clustering.AdoNet and Microsoft.Orleans.Reminders.AdoNet 10.4:
-- which silos there are, and when to wake which grain. An embedded host leaves these tables empty.
--
-- The providers bring no SQL of their own: they read statements by key from OrleansQuery (unquoted, so lower case) and send
-- them with the parameters and read the columns that their DbStoredQueries and RelationalOrleansQueries name.

create table orleansquery (
  querykey  text primary key,
  querytext text not null
);

-- One row a cluster. Its version is the etag of the whole membership: every change of it takes this row's lock first.
create table orleans_clusters (
  cluster_id text primary key,
  version    integer not null default 0,
  changed_at timestamptz not null default now()
);

create table orleans_silos (
  cluster_id    text not null references orleans_clusters on delete cascade,
  address       text not null,
  port          integer not null,
  generation    integer not null,
  silo_name     text not null,
  host_name     text not null,
  gateway_port  integer not null,
  status        integer not null,
  suspect_times text,
  started_at    timestamptz not null,
  alive_at      timestamptz not null,
  primary key (cluster_id, address, port, generation)
);

-- Names each setting of a reminder, as reminder_versions does. The providers read a 32-bit integer: it starts over in time.
create sequence orleans_reminder_versions as integer cycle;

create table orleans_reminders (
  service_id text not null,
  grain_id   text not null,
  name       text not null,
  -- The provider hands its unsigned hash over as a signed integer; a ring of hashes is a ring either way.
  grain_hash integer not null,
  start_at   timestamptz not null,
  period_ms  bigint not null,
  version    integer not null default nextval('orleans_reminder_versions'),
  primary key (service_id, grain_id, name)
);
create index orleans_reminders_by_hash on orleans_reminders (service_id, grain_hash);

-- Locks the membership for one change; false where somebody has changed it since it was read.
create function orleans_lock_membership(cluster text, expected integer) returns boolean language plpgsql as $$
begin
  perform from orleans_clusters where cluster_id = cluster and version = expected for update;
  return found;
end $$;

create function orleans_advance_membership(cluster text) returns void language sql as $$
  update orleans_clusters set version = version + 1, changed_at = now() where cluster_id = cluster;
$$;

-- A silo's row and the new version, or neither. A silo comes once: its generation is its start.
create function orleans_insert_silo(
  cluster text, expected integer, silo_address text, silo_port integer, silo_generation integer,
  named text, host text, gateway integer, state integer, started timestamptz, alive timestamptz)
returns boolean language plpgsql as $$
begin
  if not orleans_lock_membership(cluster, expected) then
    return false;
  end if;
  insert into orleans_silos (cluster_id, address, port, generation, silo_name, host_name, gateway_port, status, started_at, alive_at)
  values (cluster, silo_address, silo_port, silo_generation, named, host, gateway, state, started, alive)
  on conflict do nothing;
  if not found then
    return false;
  end if;
  perform orleans_advance_membership(cluster);
  return true;
end $$;

create function orleans_update_silo(
  cluster text, expected integer, silo_address text, silo_port integer, silo_generation integer,
  state integer, suspects text, alive timestamptz)
returns boolean language plpgsql as $$
begin
  if not orleans_lock_membership(cluster, expected) then
    return false;
  end if;
  update orleans_silos set status = state, suspect_times = suspects, alive_at = alive
  where (cluster_id, address, port, generation) = (cluster, silo_address, silo_port, silo_generation);
  if not found then
    return false;
  end if;
  perform orleans_advance_membership(cluster);
  return true;
end $$;

-- Membership. Silos are read together with the version, in one statement; the version also where there is no silo.
insert into orleansquery (querykey, querytext) values
('InsertMembershipVersionKey', $$
  with made as (insert into orleans_clusters (cluster_id) values (@DeploymentId) on conflict do nothing returning 1)
  select exists (select from made)
$$),
('InsertMembershipKey', $$
  select orleans_insert_silo(@DeploymentId, @Version, @Address, @Port, @Generation,
    @SiloName, @HostName, @ProxyPort, @Status, @StartTime, @IAmAliveTime)
$$),
('UpdateMembershipKey', $$
  select orleans_update_silo(@DeploymentId, @Version, @Address, @Port, @Generation, @Status, @SuspectTimes, @IAmAliveTime)
$$),
-- Said every few seconds by every silo, so by intention no change of the membership.
('UpdateIAmAlivetimeKey', $$
  update orleans_silos set alive_at = @IAmAliveTime
  where (cluster_id, address, port, generation) = (@DeploymentId, @Address, @Port, @Generation)
$$),
('MembershipReadRowKey', $$
  select s.address as Address, s.port as Port, s.generation as Generation, s.silo_name as SiloName, s.host_name as HostName,
    s.status as Status, s.gateway_port as ProxyPort, s.suspect_times as SuspectTimes,
    s.started_at as StartTime, s.alive_at as IAmAliveTime, c.version as Version
  from orleans_clusters c
  left join orleans_silos s
    on (s.cluster_id, s.address, s.port, s.generation) = (c.cluster_id, @Address, @Port, @Generation)
  where c.cluster_id = @DeploymentId
$$),
('MembershipReadAllKey', $$
  select s.address as Address, s.port as Port, s.generation as Generation, s.silo_name as SiloName, s.host_name as HostName,
    s.status as Status, s.gateway_port as ProxyPort, s.suspect_times as SuspectTimes,
    s.started_at as StartTime, s.alive_at as IAmAliveTime, c.version as Version
  from orleans_clusters c
  left join orleans_silos s on s.cluster_id = c.cluster_id
  where c.cluster_id = @DeploymentId
$$),
-- The provider asks for the gateways of active silos; a silo that serves no clients has port 0.
('GatewaysQueryKey', $$
  select address as Address, gateway_port as ProxyPort, generation as Generation
  from orleans_silos
  where cluster_id = @DeploymentId and status = @Status and gateway_port > 0
$$),
-- 3 is SiloStatus.Active: a silo that still takes part is never forgotten, however long it was silent.
('CleanupDefunctSiloEntriesKey', $$
  delete from orleans_silos
  where cluster_id = @DeploymentId and status <> 3 and greatest(alive_at, started_at) < @IAmAliveTime
$$),
-- Asked for by 10.4.2 in place of the one before: one dead silo, unless it was heard of since it was read.
('CleanupDefunctSiloEntryKey', $$
  delete from orleans_silos
  where (cluster_id, address, port, generation) = (@DeploymentId, @Address, @Port, @Generation)
    and status = 6 and (started_at, alive_at) = (@StartTime, @IAmAliveTime) and suspect_times is not distinct from @SuspectTimes
$$),
('DeleteMembershipTableEntriesKey', $$
  delete from orleans_clusters where cluster_id = @DeploymentId
$$);

-- Reminders. A range is open at its beginning and closed at its end; the second form goes round the end of the integers.
insert into orleansquery (querykey, querytext) values
('UpsertReminderRowKey', $$
  insert into orleans_reminders (service_id, grain_id, name, grain_hash, start_at, period_ms)
  values (@ServiceId, @GrainId, @ReminderName, @GrainHash, @StartTime, @Period)
  on conflict (service_id, grain_id, name) do update set
    grain_hash = excluded.grain_hash, start_at = excluded.start_at, period_ms = excluded.period_ms, version = excluded.version
  returning version as Version
$$),
('ReadReminderRowKey', $$
  select grain_id as GrainId, name as ReminderName, start_at as StartTime, period_ms as Period, version as Version
  from orleans_reminders
  where service_id = @ServiceId and grain_id = @GrainId and name = @ReminderName
$$),
('ReadReminderRowsKey', $$
  select grain_id as GrainId, name as ReminderName, start_at as StartTime, period_ms as Period, version as Version
  from orleans_reminders
  where service_id = @ServiceId and grain_id = @GrainId
$$),
('ReadRangeRows1Key', $$
  select grain_id as GrainId, name as ReminderName, start_at as StartTime, period_ms as Period, version as Version
  from orleans_reminders
  where service_id = @ServiceId and grain_hash > @BeginHash and grain_hash <= @EndHash
$$),
('ReadRangeRows2Key', $$
  select grain_id as GrainId, name as ReminderName, start_at as StartTime, period_ms as Period, version as Version
  from orleans_reminders
  where service_id = @ServiceId and (grain_hash > @BeginHash or grain_hash <= @EndHash)
$$),
('DeleteReminderRowKey', $$
  with deleted as (
    delete from orleans_reminders
    where service_id = @ServiceId and grain_id = @GrainId and name = @ReminderName and version = @Version
    returning 1)
  select exists (select from deleted)
$$),
('DeleteReminderRowsKey', $$
  delete from orleans_reminders where service_id = @ServiceId
$$);
