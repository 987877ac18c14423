using Cluster.Silo.Hosting;
using Cluster.Solana;
using Cluster.Tests.Support;
using Cluster.V1;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Cluster.Tests.Silo.Wallets.CustodyStage;
using static Cluster.Tests.Silo.Wallets.WalletChain;

namespace Cluster.Tests.Silo.Wallets;

/// <summary>Hierarchies, wallets that are only watched, and wallets that are frozen.</summary>
public sealed class WalletConductTests : IAsyncLifetime
{
    private const ulong Sol = 1_000_000_000;

    private TestDatabase _database = null!;
    private LocalnetProcess _localnet = null!;
    private WalletSilo _silo = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _localnet = await LocalnetProcess.StartAsync();
        _silo = await WalletSilo.Start(_database, _localnet.Url);
    }

    public async ValueTask DisposeAsync()
    {
        await _silo.DisposeAsync();
        await _localnet.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task A_child_has_the_key_at_its_path_below_its_parents_and_knows_both()
    {
        using var root = SigningKey.Generate();
        await _silo.Import("treasury", root.SecretKey());
        using var expected = Slip10.Derive(root.SecretKey().AsSpan(0, 32), DerivationPath.OfAccount(3));

        var child = await Child("shop", "treasury", 3);
        var grandchild = await Child("shop-fees", "shop", 0);

        Assert.Equal(("treasury", "m/44'/501'/3'/0'", expected.PublicKey.ToString()), (child.ParentWalletId, child.DerivationPath, child.Address));
        Assert.Equal("shop", grandchild.ParentWalletId);
        Assert.Equal(expected.SecretKey(), await _silo.Export("shop"));
    }

    [Fact]
    public async Task One_account_is_one_wallet()
    {
        await _silo.CreateWallet("treasury");
        await Child("shop", "treasury", 3);

        var error = await Refusal(() => Child("shop-2", "treasury", 3), StatusCode.AlreadyExists);
        await Refusal(() => Child("shop-3", "treasury", 0x8000_0000), StatusCode.InvalidArgument);
        await Refusal(() => Child("shop-4", "ghost", 1), StatusCode.NotFound);

        Assert.StartsWith("the key at m/44'/501'/3'/0' below wallet treasury is that of wallet shop already", error.Message);
    }

    [Fact]
    public async Task A_watched_wallet_shows_its_balance_and_pays_nothing()
    {
        var address = NewAddress();
        await _localnet.Fund(address, 5 * Sol);
        var wallet = await _silo.Call<Wallet>(new WatchWalletRequest { RequestId = "w", WalletId = "cold", Address = address });

        var balances = await _silo.Call<Balances>(new GetBalancesRequest { WalletId = "cold" });
        var payment = await Refusal(() => _silo.Transfer("cold", NewAddress(), Sol), StatusCode.FailedPrecondition);
        await Refusal(() => Child("child", "cold", 0), StatusCode.FailedPrecondition);
        await Refusal(() => _silo.Export("cold"), StatusCode.FailedPrecondition);
        var listed = await _silo.Query<ListWalletsReply>(new ListWalletsRequest());

        Assert.Equal(WalletKind.WatchOnly, wallet.Kind);
        Assert.Equal(5 * Sol, balances.Balances_[0].Confirmed);
        Assert.Equal(
            $"wallet cold is only watched: the key of {address} is not in this cluster, which can look at it and pay nothing from it.", payment.Message);
        Assert.Equal(wallet, Assert.Single(listed.Wallets));
    }

    [Fact]
    public async Task A_frozen_wallet_pays_nothing_until_it_is_unfrozen_whatever_dies_in_between()
    {
        var wallet = await _silo.CreateWallet("treasury");
        await _localnet.Fund(wallet.Address, 10 * Sol);
        var frozen = await Freeze("a laptop was lost");
        await _silo.Crash();
        _silo = await WalletSilo.Start(_database, _localnet.Url);

        var recipient = NewAddress();
        var refused = await Refusal(() => _silo.Transfer("treasury", recipient, Sol), StatusCode.FailedPrecondition);
        await Refusal(() => Freeze("again"), StatusCode.FailedPrecondition);
        await Refusal(() => _silo.Export("treasury"), StatusCode.FailedPrecondition);
        var thawed = await Unfreeze("it was found");
        await Refusal(() => Unfreeze("again"), StatusCode.FailedPrecondition);
        await _silo.Settled(await _silo.Transfer("treasury", recipient, Sol));

        Assert.Equal(("a laptop was lost", ""), (frozen.FreezeReason, thawed.FreezeReason));
        Assert.Contains("is frozen since", refused.Message);
        Assert.EndsWith("a laptop was lost.", refused.Message);
        Assert.Equal(Sol, await _localnet.Lamports(recipient));
        Assert.Equal(
            2, await _database.Scalar<long>("select count(*) from audit_log where operation in ('wallet.freeze', 'wallet.unfreeze') and severity = 'medium'"));
    }

    [Fact]
    public async Task A_payment_committed_before_the_freeze_is_settled_and_frees_its_money()
    {
        await _silo.DisposeAsync();
        _silo = await WalletSilo.Start(
            _database,
            _localnet.Url,
            services => services.AddSingleton<ITransactionSender>(provider => new HeldSender(provider.GetRequiredService<TransactionSender>(), sends: false)));
        var wallet = await _silo.CreateWallet("treasury");
        await _localnet.Fund(wallet.Address, 10 * Sol);
        var recipient = NewAddress();
        var transfer = await _silo.Transfer("treasury", recipient, Sol);
        await Freeze("worst moment");
        await _silo.Crash();

        _silo = await WalletSilo.Start(_database, _localnet.Url);
        var settled = await _silo.Settled(transfer);

        Assert.Equal(TransferStatus.Finalized, settled.Status);
        Assert.Equal(Sol, await _localnet.Lamports(recipient));
        Assert.Equal("worst moment", (await _silo.Call<Wallet>(new GetWalletRequest { WalletId = "treasury" })).FreezeReason);
    }

    [Fact]
    public async Task Of_two_activations_one_that_froze_stops_the_others_payment()
    {
        var wallet = await _silo.CreateWallet("treasury");
        await _localnet.Fund(wallet.Address, 10 * Sol);
        await _silo.Call<Balances>(new GetBalancesRequest { WalletId = "treasury" });
        await using var other = await WalletSilo.Start(_database, _localnet.Url);

        await other.Call<Wallet>(new FreezeWalletRequest { RequestId = "f", WalletId = "treasury", Reason = "theft" });
        var recipient = NewAddress();
        var error = await Assert.ThrowsAsync<ClusterException>(() => _silo.Transfer("treasury", recipient, Sol));

        Assert.True(error.Status is StatusCode.FailedPrecondition or StatusCode.Aborted, error.Message);
        Assert.Equal(0, await _database.Scalar<long>("select count(*) from wallet_transactions"));
    }

    private Task<Wallet> Child(string walletId, string parent, uint account) => _silo.Call<Wallet>(new CreateChildWalletRequest
    {
        RequestId = $"child-{walletId}",
        WalletId = walletId,
        ParentWalletId = parent,
        Account = account,
        Kind = WalletKind.Project,
    });

    private Task<Wallet> Freeze(string reason) =>
        _silo.Call<Wallet>(new FreezeWalletRequest { RequestId = $"freeze-{reason}", WalletId = "treasury", Reason = reason });

    private Task<Wallet> Unfreeze(string reason) =>
        _silo.Call<Wallet>(new UnfreezeWalletRequest { RequestId = $"unfreeze-{reason}", WalletId = "treasury", Reason = reason });
}
