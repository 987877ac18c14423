using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Silo.Storage;

/// <summary>What <c>IMembershipTable</c> of Orleans 10.4 demands of its storage.</summary>
public sealed class OrleansMembershipTests : IAsyncLifetime
{
    private const string Here = "here";
    private const int Joining = 2;
    private const int Active = 3;
    private const int Dead = 6;

    private static readonly DateTime Noon = new(2026, 1, 2, 12, 0, 0, DateTimeKind.Utc);

    private TestDatabase _database = null!;
    private OrleansQueries _queries = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _queries = new OrleansQueries(_database.Source);
        Assert.True(await Begin(Here));
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    [Fact]
    public async Task A_cluster_begins_once_and_has_a_version_before_it_has_a_silo()
    {
        Assert.False(await Begin(Here));

        var none = Assert.Single(await Silos());
        Assert.Equal((0, null), ((int)none["Version"]!, none["StartTime"]));
        none = Assert.Single(await Silo(1));
        Assert.Equal((0, null), ((int)none["Version"]!, none["StartTime"]));
    }

    [Fact]
    public async Task Of_many_silos_that_begin_a_cluster_at_once_one_does()
    {
        var begun = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Begin("elsewhere")));

        Assert.Single(begun, made => made);
    }

    [Fact]
    public async Task A_silo_is_read_as_it_was_written()
    {
        Assert.True(await Insert(1, version: 0));

        var silo = Assert.Single(await Silo(1));
        Assert.Equal(
            ("127.0.0.1", 11111, 1, "silo 1", "host", 30000, Joining, null, Noon, Noon.AddSeconds(5), 1),
            ((string)silo["Address"]!, (int)silo["Port"]!, (int)silo["Generation"]!, (string)silo["SiloName"]!, (string)silo["HostName"]!,
                (int)silo["ProxyPort"]!, (int)silo["Status"]!, (string?)silo["SuspectTimes"], (DateTime)silo["StartTime"]!,
                (DateTime)silo["IAmAliveTime"]!, (int)silo["Version"]!));
        Assert.Equal(DateTimeKind.Utc, ((DateTime)silo["StartTime"]!).Kind);
    }

    [Fact]
    public async Task A_silo_comes_only_with_the_version_that_was_read_and_only_once()
    {
        Assert.True(await Insert(1, version: 0));

        Assert.False(await Insert(2, version: 0));
        Assert.False(await Insert(1, version: 1));
        Assert.False(await Insert(2, version: 2));

        Assert.Equal(1, Assert.Single(await Silos())["Version"]);
    }

    [Fact]
    public async Task A_silo_changes_only_with_the_version_that_was_read()
    {
        await Insert(1, version: 0);

        Assert.False(await Update(1, version: 0, Active));
        Assert.True(await Update(1, version: 1, Active, suspects: "127.0.0.1:11111@2,2026-01-02 12:00:00.000 GMT"));

        var silo = Assert.Single(await Silo(1));
        Assert.Equal((Active, 2), ((int)silo["Status"]!, (int)silo["Version"]!));
        Assert.Equal("127.0.0.1:11111@2,2026-01-02 12:00:00.000 GMT", silo["SuspectTimes"]);
        Assert.True(await Update(1, version: 2, Active));
        Assert.Null(Assert.Single(await Silo(1))["SuspectTimes"]);
    }

    [Fact]
    public async Task A_change_of_a_silo_that_is_not_there_leaves_the_version()
    {
        Assert.False(await Update(1, version: 0, Active));
        Assert.False(await _queries.Ask("UpdateMembershipKey", Change(1, 0, Active, null, "nowhere")));

        Assert.Equal(0, Assert.Single(await Silos())["Version"]);
    }

    [Fact]
    public async Task Of_many_changes_of_one_version_one_happens()
    {
        for (var generation = 1; generation <= 10; generation++)
        {
            await Insert(generation, version: generation - 1);
        }

        var changed = await Task.WhenAll(Enumerable.Range(1, 10).Select(generation => Update(generation, version: 10, Dead))
            .Concat(Enumerable.Range(11, 10).Select(generation => Insert(generation, version: 10))));

        Assert.Single(changed, made => made);
        var silos = await Silos();
        Assert.All(silos, silo => Assert.Equal(11, silo["Version"]));
        Assert.Single(silos, silo => (int)silo["Status"]! == Dead || (int)silo["Generation"]! > 10);
    }

    [Fact]
    public async Task Being_alive_changes_neither_the_version_nor_anything_else()
    {
        await Insert(1, version: 0);
        await Insert(2, version: 1);
        var before = await Silo(1);

        await _queries.Read("UpdateIAmAlivetimeKey", [.. Key(1), ("IAmAliveTime", Noon.AddHours(1))]);

        var after = Assert.Single(await Silo(1));
        Assert.Equal(Noon.AddHours(1), after["IAmAliveTime"]);
        Assert.Equal(before[0].Where(column => column.Key != "iamalivetime"), after.Where(column => column.Key != "iamalivetime"));
        Assert.Equal(Noon.AddSeconds(5), Assert.Single(await Silo(2))["IAmAliveTime"]);
    }

    [Fact]
    public async Task Gateways_are_those_of_active_silos_that_serve_clients()
    {
        await Insert(1, version: 0);
        await Insert(2, version: 1);
        await Insert(3, version: 2, gateway: 0);
        await Update(2, version: 3, Active);
        await Update(3, version: 4, Active);

        var gateway = Assert.Single(await _queries.Read("GatewaysQueryKey", ("DeploymentId", Here), ("Status", Active)));

        Assert.Equal(("127.0.0.1", 30000, 2), ((string)gateway["Address"]!, (int)gateway["ProxyPort"]!, (int)gateway["Generation"]!));
    }

    [Fact]
    public async Task Cleaning_up_forgets_the_long_dead_and_never_the_active()
    {
        await Insert(1, version: 0);
        await Insert(2, version: 1);
        await Insert(3, version: 2, alive: Noon.AddDays(8));
        await Insert(4, version: 3, started: Noon.AddDays(8));
        await Update(2, version: 4, Active);

        await _queries.Read("CleanupDefunctSiloEntriesKey", ("DeploymentId", Here), ("IAmAliveTime", Noon.AddDays(7)));

        var silos = await Silos();
        Assert.Equal([2, 3, 4], silos.Select(silo => (int)silo["Generation"]!).Order());
        Assert.All(silos, silo => Assert.Equal(5, silo["Version"]));
    }

    [Theory]
    [InlineData(Dead, 5, null, 0)]
    [InlineData(Dead, 6, null, 1)]
    [InlineData(Dead, 5, "somebody,later", 1)]
    [InlineData(Active, 5, null, 1)]
    public async Task One_dead_silo_is_forgotten_unless_it_was_heard_of_since_it_was_read(int status, int aliveSeconds, string? suspects, int left)
    {
        await Insert(1, version: 0);
        await Update(1, version: 1, status);

        await _queries.Read(
            "CleanupDefunctSiloEntryKey", [.. Key(1), ("StartTime", Noon), ("IAmAliveTime", Noon.AddSeconds(aliveSeconds)), ("SuspectTimes", suspects)]);

        Assert.Equal(left, await _database.Scalar<long>("select count(*) from orleans_silos"));
    }

    [Fact]
    public async Task Clusters_in_one_database_know_nothing_of_each_other()
    {
        await Begin("elsewhere");
        await Insert(1, version: 0);

        Assert.Null(Assert.Single(await _queries.Read("MembershipReadAllKey", ("DeploymentId", "elsewhere")))["StartTime"]);
        await _queries.Read("DeleteMembershipTableEntriesKey", ("DeploymentId", "elsewhere"));
        Assert.NotNull(Assert.Single(await Silos())["StartTime"]);
        await _queries.Read("DeleteMembershipTableEntriesKey", ("DeploymentId", Here));
        Assert.Empty(await Silos());
        Assert.Equal(0, await _database.Scalar<long>("select count(*) from orleans_silos"));
    }

    private static (string, object?)[] Key(int generation, string cluster = Here) =>
        [("DeploymentId", cluster), ("Address", "127.0.0.1"), ("Port", 11111), ("Generation", generation)];

    private static (string, object?)[] Change(int generation, int version, int status, string? suspects, string cluster = Here) =>
        [.. Key(generation, cluster), ("Version", version), ("Status", status), ("SuspectTimes", suspects), ("IAmAliveTime", Noon.AddSeconds(5))];

    private Task<bool> Begin(string cluster) => _queries.Ask("InsertMembershipVersionKey", ("DeploymentId", cluster));

    private Task<bool> Insert(int generation, int version, int gateway = 30000, DateTime? started = null, DateTime? alive = null) =>
        _queries.Ask("InsertMembershipKey",
        [
            .. Key(generation), ("Version", version), ("SiloName", $"silo {generation}"), ("HostName", "host"), ("ProxyPort", gateway),
            ("Status", Joining), ("StartTime", started ?? Noon), ("IAmAliveTime", alive ?? Noon.AddSeconds(5)),
        ]);

    private Task<bool> Update(int generation, int version, int status, string? suspects = null) =>
        _queries.Ask("UpdateMembershipKey", Change(generation, version, status, suspects));

    private Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> Silos() => _queries.Read("MembershipReadAllKey", ("DeploymentId", Here));

    private Task<IReadOnlyList<IReadOnlyDictionary<string, object?>>> Silo(int generation) => _queries.Read("MembershipReadRowKey", Key(generation));
}
