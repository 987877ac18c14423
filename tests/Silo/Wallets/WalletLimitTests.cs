using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Access;
using Cluster.Tests.Support;
using Cluster.V1;
using Xunit;
using static Cluster.Tests.Silo.Wallets.WalletChain;

namespace Cluster.Tests.Silo.Wallets;

public sealed class WalletLimitTests : IAsyncLifetime
{
    private const ulong Amount = 1_000_000;
    private const ulong Sol = 1_000_000_000;

    private static readonly (string, string)[] Patient = [("Cluster:Host:MailboxBound", "5000"), ("Cluster:Host:DefaultDeadline", "00:05:00")];
    private static readonly Caller Ada = new("key-1", "Ada") { PrincipalId = "ada" };

    private readonly string _recipient = NewAddress();
    private TestDatabase _database = null!;
    private LocalnetProcess _localnet = null!;
    private WalletSilo _silo = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _localnet = await LocalnetProcess.StartAsync();
        _silo = await WalletSilo.Start(_database, _localnet.Url, null, Patient);
        await _localnet.Fund(_recipient, Sol);
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        await _localnet.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Payments_of_many_wallets_by_two_silos_at_once_keep_to_the_limits_they_share_all_or_nothing()
    {
        await using var other = await WalletSilo.Start(_database, _localnet.Url, null, Patient);
        foreach (var n in Enumerable.Range(0, 5))
        {
            await Fund($"wallet-{n}");
        }

        await Set(Rule("ada-hourly", LimitScopeKind.Principal, "ada") with { WindowSeconds = 3_600, MaxCount = 10 });
        await Set(Rule("all-daily", LimitScopeKind.Everything, "") with { WindowSeconds = 86_400, MaxWindowAmount = 12 * Amount });

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 100).Select(n => Outcome(n % 2 == 0 ? _silo : other, $"wallet-{n % 5}", Ada)));
        var more = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => Outcome(_silo, $"wallet-{n % 5}", new Caller("key-2", "Bob") { PrincipalId = "bob" })));

        Assert.Equal(10, outcomes.Count(refusal => refusal is null));
        Assert.All(outcomes.Where(refusal => refusal is not null), refusal => Assert.Equal(StatusCode.ResourceExhausted, refusal!.Status));
        Assert.Equal(2, more.Count(refusal => refusal is null));
        Assert.Contains("limit all-daily", more.First(refusal => refusal is not null)!.Message, StringComparison.Ordinal);
        Assert.Equal(12, await _database.Scalar<long>("select count(*) from wallet_transactions"));
        Assert.Equal(10, await _database.Scalar<long>("select count(*) from limit_uses where rule_id = 'ada-hourly'"));
        Assert.Equal(12, await _database.Scalar<long>("select count(*) from limit_uses where rule_id = 'all-daily'"));
    }

    [Fact]
    public async Task A_project_shares_its_limit_with_the_wallets_below_it_and_with_no_other()
    {
        foreach (var id in new[] { "acme", "acme-hot", "rival" })
        {
            await Fund(id);
        }

        await _database.Execute("update wallets set parent_wallet_id = 'acme' where wallet_id = 'acme-hot'");
        await Set(Rule("acme-daily", LimitScopeKind.Project, "acme") with { WindowSeconds = 86_400, MaxCount = 2 });

        Assert.Null(await Outcome(_silo, "acme", Ada));
        Assert.Null(await Outcome(_silo, "acme-hot", Ada));
        Assert.Equal(StatusCode.ResourceExhausted, (await Outcome(_silo, "acme", Ada))?.Status);
        Assert.Equal(StatusCode.ResourceExhausted, (await Outcome(_silo, "acme-hot", Ada))?.Status);
        Assert.Null(await Outcome(_silo, "rival", Ada));
    }

    [Fact]
    public async Task A_window_slides()
    {
        await Fund("purse");
        await Set(Rule("hourly", LimitScopeKind.Wallet, "purse") with { WindowSeconds = 3_600, MaxCount = 2 });
        Assert.Null(await Outcome(_silo, "purse", Ada));
        Assert.Null(await Outcome(_silo, "purse", Ada));
        Assert.NotNull(await Outcome(_silo, "purse", Ada));

        await _database.Execute("update limit_uses set at = at - interval '1 hour' where use_id = (select min(use_id) from limit_uses)");

        Assert.Null(await Outcome(_silo, "purse", Ada));
        Assert.NotNull(await Outcome(_silo, "purse", Ada));
        Assert.Equal(2, await _database.Scalar<long>("select count(*) from limit_uses"));
    }

    [Fact]
    public async Task One_payment_has_no_more_than_its_limit_and_another_asset_is_not_meant()
    {
        await Fund("purse");
        await Set(Rule("small", LimitScopeKind.Wallet, "purse") with { MaxAmount = Amount - 1 });
        var refusal = await Outcome(_silo, "purse", Ada);
        await Set(Rule("small", LimitScopeKind.Wallet, "purse") with { MaxAmount = 1, Asset = NewAddress() });

        Assert.Equal(StatusCode.FailedPrecondition, refusal?.Status);
        Assert.Equal("limit small: 1000000 base units of SOL are more than the 999999 that one payment may have.", refusal?.Message);
        Assert.Null(await Outcome(_silo, "purse", Ada));
    }

    [Fact]
    public async Task From_an_amount_on_a_payment_takes_a_second_factor()
    {
        await Fund("purse");
        await Set(Rule("proved", LimitScopeKind.Wallet, "purse") with { SecondFactorFrom = Amount });

        var refusal = await Outcome(_silo, "purse", Ada);

        Assert.Equal(StatusCode.Unauthenticated, refusal?.Status);
        Assert.StartsWith("a second factor is needed: limit proved", refusal?.Message, StringComparison.Ordinal);
        Assert.Null(await Outcome(_silo, "purse", Ada with { HasSecondFactor = true }));
        Assert.Null(await Outcome(_silo, "purse", Ada, Amount - 1));
    }

    [Fact]
    public async Task A_list_of_destinations_is_kept_to_and_a_new_one_waits()
    {
        await Fund("purse");
        await Set(Rule("list", LimitScopeKind.Wallet, "purse") with { Asset = "*", WaitingSeconds = 3_600 });
        var unlisted = await Outcome(_silo, "purse", Ada);
        await Listed("now()");
        var fresh = await Outcome(_silo, "purse", Ada);
        await _database.Execute("update allowed_destinations set added_at = added_at - interval '1 hour'");

        Assert.Contains("not on its list", unlisted?.Message, StringComparison.Ordinal);
        Assert.Contains("may be paid from", fresh?.Message, StringComparison.Ordinal);
        Assert.Null(await Outcome(_silo, "purse", Ada));
    }

    [Fact]
    public async Task What_the_cluster_itself_moves_is_not_limited()
    {
        await Fund("purse");
        await Set(Rule("none", LimitScopeKind.Everything, "") with { MaxAmount = 1 });

        Assert.NotNull(await Outcome(_silo, "purse", Ada));
        Assert.Null(await Outcome(_silo, "purse", Caller.System("lane")));
    }

    [Fact]
    public async Task The_same_request_counts_once_however_often_it_is_made()
    {
        await Fund("purse");
        await Set(Rule("once", LimitScopeKind.Wallet, "purse") with { WindowSeconds = 3_600, MaxCount = 1 });

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => _silo.Transfer("purse", _recipient, Amount, requestId: "salary")));

        Assert.Single(answers.Distinct());
        Assert.Equal(1, await _database.Scalar<long>("select count(*) from limit_uses"));
    }

    private static LimitRule Rule(string id, LimitScopeKind kind, string scopeId) => new()
    {
        RuleId = id,
        ScopeKind = kind,
        ScopeId = scopeId,
        Asset = LimitStore.Sol,
        SetBy = "test",
        SetAt = DateTimeOffset.UnixEpoch,
    };

    private async Task Set(LimitRule rule)
    {
        var database = _database.Open();
        var changes = database.Change();
        LimitStore.Set(changes, rule);
        await database.Commit(changes, CancellationToken.None);
    }

    private async Task Listed(string when)
    {
        var bytes = Convert.ToHexString(Cluster.Solana.PublicKey.Parse(_recipient).AsSpan());
        await _database.Execute($"insert into allowed_destinations values ('list', decode('{bytes}', 'hex'), 'test', {when})");
    }

    private async Task Fund(string walletId) =>
        await _localnet.Fund((await _silo.CreateWallet(walletId)).Address, 10 * Sol);

    private async Task<ClusterException?> Outcome(WalletSilo silo, string walletId, Caller caller, ulong amount = Amount)
    {
        var request = new TransferRequest { RequestId = Guid.NewGuid().ToString(), WalletId = walletId, Destination = _recipient, Amount = amount };
        while (true)
        {
            try
            {
                await silo.Call<Transfer>(request.Clone(), caller);
                return null;
            }
            catch (ClusterException error) when (error.Status == StatusCode.Aborted)
            {
                // The other silo was first with this wallet.
            }
            catch (ClusterException error)
            {
                return error;
            }
        }
    }
}
