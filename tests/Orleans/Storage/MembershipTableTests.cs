using System.Net;
using Cluster.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Messaging;
using Orleans.Runtime;
using Xunit;

namespace Cluster.Tests.OrleansHost.Storage;

/// <summary>Our statements, asked for by the provider itself.</summary>
public sealed class MembershipTableTests : IAsyncLifetime
{
    private const string ClusterId = "here";

    private static readonly DateTime Noon = new(2026, 1, 2, 12, 0, 0, DateTimeKind.Utc);

    private TestDatabase _database = null!;
    private IHost _silo = null!;
    private IHost _client = null!;
    private IMembershipTable _table = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _silo = new HostBuilder().UseOrleans(silo => silo
            .Configure<ClusterOptions>(options => options.ClusterId = ClusterId)
            .ConfigureEndpoints(IPAddress.Loopback, 11111, 30000)
            .UseAdoNetClustering(options => (options.Invariant, options.DataSource) = ("Npgsql", _database.Source))).Build();
        _client = new HostBuilder().UseOrleansClient(client => client
            .Configure<ClusterOptions>(options => options.ClusterId = ClusterId)
            .UseAdoNetClustering(options => (options.Invariant, options.DataSource) = ("Npgsql", _database.Source))).Build();
        _table = _silo.Services.GetRequiredService<IMembershipTable>();
        await _table.InitializeMembershipTable(true);
    }

    public async ValueTask DisposeAsync()
    {
        _silo.Dispose();
        _client.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_silo_is_inserted_with_the_version_that_was_read_and_read_as_it_was_written()
    {
        var entry = Entry(1);
        var before = await _table.ReadAll();

        Assert.True(await _table.InsertRow(entry, before.Version.Next()));
        Assert.False(await _table.InsertRow(Entry(2), before.Version.Next()));
        var after = await _table.ReadAll();
        Assert.False(await _table.InsertRow(entry, after.Version.Next()));

        Assert.Empty(before.Members);
        Assert.Equal(before.Version.Version + 1, after.Version.Version);
        RequireEqual(entry, Assert.Single(after.Members).Item1);
        var row = await _table.ReadRow(entry.SiloAddress);
        RequireEqual(entry, Assert.Single(row.Members).Item1);
        Assert.Equal(after.Version.Version, row.Version.Version);
        Assert.Empty((await _table.ReadRow(Entry(3).SiloAddress)).Members);
    }

    [Fact]
    public async Task A_silo_is_updated_with_its_suspicions_by_one_of_those_who_read_the_same_version()
    {
        var entry = Entry(1);
        await _table.InsertRow(entry, (await _table.ReadAll()).Version.Next());
        var read = await _table.ReadAll();
        entry.Status = SiloStatus.Active;
        entry.AddSuspector(Entry(2).SiloAddress, Noon);

        var updates = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _table.UpdateRow(entry, "", read.Version.Next())));

        Assert.Single(updates, updated => updated);
        var after = await _table.ReadAll();
        Assert.Equal(read.Version.Version + 1, after.Version.Version);
        RequireEqual(entry, Assert.Single(after.Members).Item1);
        Assert.False(await _table.UpdateRow(Entry(2), "", after.Version.Next()));
        Assert.Equal(after.Version.Version, (await _table.ReadAll()).Version.Version);
    }

    [Fact]
    public async Task Being_alive_is_written_without_a_new_version()
    {
        var entry = Entry(1);
        await _table.InsertRow(entry, (await _table.ReadAll()).Version.Next());
        var before = await _table.ReadAll();
        entry.IAmAliveTime = Noon.AddHours(1);

        await _table.UpdateIAmAlive(entry);

        var after = await _table.ReadAll();
        Assert.Equal(before.Version.Version, after.Version.Version);
        RequireEqual(entry, Assert.Single(after.Members).Item1);
    }

    [Fact]
    public async Task Clients_are_given_the_gateways_of_active_silos()
    {
        var gateways = _client.Services.GetRequiredService<IGatewayListProvider>();
        await gateways.InitializeGatewayListProvider();
        await _table.InsertRow(Entry(1), (await _table.ReadAll()).Version.Next());
        Assert.Empty(await gateways.GetGateways());
        var active = Entry(2);
        active.Status = SiloStatus.Active;
        await _table.InsertRow(active, (await _table.ReadAll()).Version.Next());

        var gateway = Assert.Single(await gateways.GetGateways());

        Assert.Equal(("127.0.0.1", 30002, "/2"), (gateway.Host, gateway.Port, gateway.AbsolutePath));
    }

    [Fact]
    public async Task Long_dead_silos_are_forgotten_and_at_the_end_the_cluster()
    {
        foreach (var (generation, status, start) in new[] { (1, SiloStatus.Dead, Noon), (2, SiloStatus.Dead, Noon.AddDays(10)), (3, SiloStatus.Active, Noon) })
        {
            var entry = Entry(generation);
            (entry.Status, entry.StartTime, entry.IAmAliveTime) = (status, start, start);
            Assert.True(await _table.InsertRow(entry, (await _table.ReadAll()).Version.Next()));
        }

        await _table.CleanupDefunctSiloEntries(new DateTimeOffset(Noon.AddDays(7)));
        var left = await _table.ReadAll();
        await _table.DeleteMembershipTableEntries(ClusterId);
        await _table.InitializeMembershipTable(true);

        Assert.Equal([2, 3], left.Members.Select(member => member.Item1.SiloAddress.Generation).Order());
        var anew = await _table.ReadAll();
        Assert.Empty(anew.Members);
    }

    private static MembershipEntry Entry(int generation) => new()
    {
        SiloAddress = SiloAddress.New(IPAddress.Loopback, 11000 + generation, generation),
        SiloName = $"silo {generation}",
        HostName = "host",
        Status = SiloStatus.Joining,
        ProxyPort = 30000 + generation,
        StartTime = Noon,
        IAmAliveTime = Noon.AddSeconds(5),
    };

    private static void RequireEqual(MembershipEntry expected, MembershipEntry actual)
    {
        Assert.Equal(
            (expected.SiloAddress, expected.SiloName, expected.HostName, expected.Status, expected.ProxyPort, expected.StartTime, expected.IAmAliveTime),
            (actual.SiloAddress, actual.SiloName, actual.HostName, actual.Status, actual.ProxyPort, actual.StartTime, actual.IAmAliveTime));
        Assert.Equal(expected.SuspectTimes ?? [], actual.SuspectTimes ?? []);
    }
}
