using Cluster.Silo.Grains.Wallets.Custody;
using Cluster.Silo.Hosting;
using Cluster.Solana;
using Cluster.Tests.Support;
using Cluster.V1;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Cluster.Tests.Silo.Wallets.CustodyStage;
using static Cluster.Tests.Silo.Wallets.WalletChain;

namespace Cluster.Tests.Silo.Wallets;

/// <summary>Hot wallets keep no more than their ceilings.</summary>
public sealed class CeilingTests : IAsyncLifetime
{
    private const ulong Sol = 1_000_000_000;

    private TestDatabase _database = null!;
    private LocalnetProcess _localnet = null!;

    public async ValueTask InitializeAsync()
    {
        _database = await TestDatabase.Create();
        _localnet = await LocalnetProcess.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _localnet.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task What_is_above_the_ceilings_goes_to_the_parent_without_anybody_asking()
    {
        await using var silo = await WalletSilo.Start(_database, _localnet.Url);
        var (vault, till) = await Family(silo);
        await _localnet.Fund(till.Address, 10 * Sol);
        var mint = await _localnet.Mint(till.Address, 1_000);

        await SetCeiling(silo, 3 * Sol);
        await SetCeiling(silo, 400, mint);

        await Eventually(async () =>
            await _localnet.Tokens(mint, vault.Address) == 600 && await _localnet.Lamports(vault.Address) >= 6 * Sol);
        await Eventually(async () => await InFlight() == 0);
        Assert.Equal(400UL, await _localnet.Tokens(mint, till.Address));
        Assert.InRange(await _localnet.Lamports(till.Address), 2 * Sol, (3 * Sol) + WalletRent);
    }

    [Fact]
    public async Task A_sweep_that_was_signed_before_a_death_is_made_once()
    {
        var first = await WalletSilo.Start(
            _database,
            _localnet.Url,
            services => services.AddSingleton<ITransactionSender>(provider => new HeldSender(provider.GetRequiredService<TransactionSender>(), sends: false)));
        var (vault, till) = await Family(first);
        await _localnet.Fund(till.Address, 10 * Sol);
        await SetCeiling(first, 3 * Sol);
        await Eventually(async () => await InFlight() == 1);
        await first.Crash();
        Assert.Equal(0UL, await _localnet.Lamports(vault.Address));

        await using var second = await WalletSilo.Start(_database, _localnet.Url);
        await Eventually(async () => await InFlight() == 0);

        Assert.Equal(1, await _database.Scalar<long>("select count(*) from wallet_transactions"));
        Assert.Equal((7 * Sol) - WalletRent, await _localnet.Lamports(vault.Address));
    }

    [Fact]
    public async Task A_frozen_wallet_is_not_swept_and_a_ceiling_taken_away_ends_the_looking()
    {
        await using var silo = await WalletSilo.Start(_database, _localnet.Url);
        var (_, till) = await Family(silo);
        await silo.Call<Wallet>(new FreezeWalletRequest { RequestId = "f", WalletId = "till", Reason = "theft" });
        await _localnet.Fund(till.Address, 10 * Sol);
        await SetCeiling(silo, Sol);
        Assert.Equal(1, await Reminders());

        var left = await silo.Call<CeilingsReply>(new SetCeilingRequest { RequestId = "r", WalletId = "till", Remove = true });

        Assert.Empty(left.Ceilings);
        await Eventually(async () => await Reminders() == 0);
        Assert.Equal(10 * Sol, await _localnet.Lamports(till.Address));
    }

    [Fact]
    public async Task Only_hot_wallets_have_ceilings_and_only_below_another()
    {
        await using var silo = await WalletSilo.Start(_database, _localnet.Url);
        await silo.CreateWallet("till");
        using var key = SigningKey.Generate();
        var sealedSecret = await silo.Seal("hot", key.SecretKey());

        var project = await Refusal(() => SetCeiling(silo, Sol), StatusCode.FailedPrecondition);
        await Refusal(
            () => silo.Call<Wallet>(new ImportWalletRequest { RequestId = "i", WalletId = "hot", Kind = WalletKind.Hot, SealedSecret = sealedSecret }),
            StatusCode.InvalidArgument);

        Assert.Equal("wallet till is Project; only HOT wallets have ceilings.", project.Message);
    }

    [Theory]
    [InlineData(499_999, 5_000, false)]
    [InlineData(500_000, 5_000, true)]
    [InlineData(1, 0, true)]
    public void An_excess_waits_until_it_is_a_hundred_times_the_fee(ulong excess, ulong fee, bool worth) =>
        Assert.Equal(worth, ExcessRule.IsWorthItsFee(excess, fee));

    private static async Task<(Wallet Vault, Wallet Till)> Family(WalletSilo silo)
    {
        var vault = await silo.Call<Wallet>(new WatchWalletRequest { RequestId = "v", WalletId = "vault", Address = NewAddress() });
        using var key = SigningKey.Generate();
        var sealedSecret = await silo.Seal("till", key.SecretKey());
        var till = await silo.Call<Wallet>(new ImportWalletRequest
        {
            RequestId = "t",
            WalletId = "till",
            Kind = WalletKind.Hot,
            ParentWalletId = "vault",
            SealedSecret = sealedSecret,
        });
        return (vault, till);
    }

    private static Task<CeilingsReply> SetCeiling(WalletSilo silo, ulong amount, string mint = "") => silo.Call<CeilingsReply>(
        new SetCeilingRequest { RequestId = $"ceiling-{mint}", WalletId = "till", Mint = mint, Amount = amount });

    private Task<long> InFlight() =>
        _database.Scalar<long>("select count(*) from wallet_transactions where status in ('pending', 'confirmed')");

    private Task<long> Reminders() => _database.Scalar<long>("select count(*) from reminders where name = 'ceilings'");

    private static async Task Eventually(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (!await holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(25), patience.Token);
        }
    }
}
