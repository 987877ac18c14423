using Cluster.Silo.Hosting;
using Cluster.Tests.Support;
using Cluster.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;

namespace Cluster.Tests.Silo.Access;

public sealed class LimitGrainTests : IAsyncLifetime
{
    private const string Address = "9WzDXwBbmkg8ZTbNMqUxvQRAyrZzDsGYdLVL9zYtAWWM";

    private TestDatabase _database = null!;
    private AccessSilo _silo = null!;
    private Caller _owner = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _silo = await AccessSilo.Start(_database);
        _owner = await _silo.AddKey("root", Role.Owner);
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_limit_is_set_changed_listed_and_removed_each_with_an_audit_row()
    {
        var set = await Set(_owner, Hourly("hot"));
        var changed = await Set(_owner, Hourly("hot", limit => limit.MaxCount = 20));
        var listed = await _silo.Call<Limit>(new AllowDestinationRequest { RequestId = "allow", LimitId = "hourly", Address = Address }, _owner);
        var all = await _silo.Call<ListLimitsReply>(new ListLimitsRequest(), _owner);
        await _silo.Call<Limit>(new DisallowDestinationRequest { RequestId = "disallow", LimitId = "hourly", Address = Address }, _owner);
        await _silo.Call<Limit>(new RemoveLimitRequest { RequestId = "remove", LimitId = "hourly" }, _owner);

        Assert.Equal((10U, 20U), (set.MaxCount, changed.MaxCount));
        Assert.Equal(Address, Assert.Single(listed.Destinations).Address);
        Assert.Equal("hourly", Assert.Single(all.Limits).LimitId);
        Assert.Empty((await _silo.Call<ListLimitsReply>(new ListLimitsRequest(), _owner)).Limits);
        Assert.Equal(5, await _database.Scalar<long>("select count(*) from audit_log where subject_type = 'limit' and subject_key = 'hourly'"));
    }

    [Fact]
    public async Task Who_manages_a_project_limits_what_is_in_it_and_nothing_else()
    {
        await _silo.Create("team", _owner);
        await _silo.Grant("team", Role.Admin, _owner, AccessSilo.Project("acme"));
        await _database.Execute(
            "insert into wallets (wallet_id, kind, address, parent_wallet_id, created_at) values ('acme', 'project', decode(repeat('01', 32), 'hex'), null, now()), ('acme-hot', 'project', decode(repeat('02', 32), 'hex'), 'acme', now())");
        var team = new Caller((await _silo.Issue("team", _owner)).Key.KeyId, "team");

        await Set(team, Hourly("acme-hot"));
        await Set(_owner, Hourly("", limit => limit.Scope.Kind = LimitScopeKind.Everything), "global");

        await Refused(StatusCode.PermissionDenied, () => Set(team, Hourly("rival"), "rival"));
        await Refused(StatusCode.PermissionDenied, () => Set(team, Hourly("", limit => limit.Scope.Kind = LimitScopeKind.Everything), "everything"));
        await Refused(StatusCode.PermissionDenied, () => Set(team, Hourly("acme-hot"), "global"));
        await Refused(StatusCode.PermissionDenied, () => _silo.Call<Limit>(new RemoveLimitRequest { RequestId = "remove", LimitId = "global" }, team));
    }

    [Fact]
    public async Task A_stolen_key_alone_lifts_no_limits_of_who_has_a_second_factor()
    {
        await Set(_owner, Hourly("hot"));
        await _silo.Enroll("root", _owner);

        await Refused(StatusCode.Unauthenticated, () => Set(_owner, Hourly("hot", limit => limit.MaxCount = 1_000)));

        Assert.Equal(1_000U, (await Set(_owner with { HasSecondFactor = true }, Hourly("hot", limit => limit.MaxCount = 1_000))).MaxCount);
    }

    [Fact]
    public async Task What_limits_nothing_or_cannot_be_compared_is_refused()
    {
        Action<Limit>[] faults =
        [
            limit => limit.Window = null,
            limit => limit.MaxCount = 0,
            limit => limit.Asset = "EUR",
            limit => (limit.Asset, limit.MaxAmount) = ("*", 5),
            limit => limit.Scope.Id = "",
            limit => limit.Window = TimeSpan.FromDays(367).ToDuration(),
            limit => (limit.OnlyListed, limit.WaitingTime) = (true, TimeSpan.FromDays(31).ToDuration()),
        ];
        foreach (var fault in faults)
        {
            await Refused(StatusCode.InvalidArgument, () => Set(_owner, Hourly("hot", fault)));
        }

        await Refused(StatusCode.InvalidArgument, () => Set(_owner, Hourly("hot"), "No Name"));
        await Refused(StatusCode.NotFound, () => _silo.Call<Limit>(new AllowDestinationRequest { RequestId = "1", LimitId = "ghost", Address = Address }, _owner));
    }

    private static Limit Hourly(string walletId, Action<Limit>? adjust = null)
    {
        var limit = new Limit
        {
            Scope = new LimitScope { Kind = LimitScopeKind.Wallet, Id = walletId },
            Asset = "SOL",
            Window = TimeSpan.FromHours(1).ToDuration(),
            MaxCount = 10,
        };
        adjust?.Invoke(limit);
        return limit;
    }

    private static async Task Refused(StatusCode status, Func<Task> action) =>
        Assert.Equal(status, (await Assert.ThrowsAsync<ClusterException>(action)).Status);

    private Task<Limit> Set(Caller caller, Limit limit, string limitId = "hourly") =>
        _silo.Call<Limit>(new SetLimitRequest { RequestId = Guid.NewGuid().ToString(), LimitId = limitId, Limit = limit }, caller);
}
