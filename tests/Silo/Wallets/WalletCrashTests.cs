using Cluster.Silo.Hosting;
using Cluster.Solana;
using Cluster.Tests.Support;
using Cluster.V1;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Cluster.Tests.Silo.Wallets.WalletChain;
using Transfer = Cluster.V1.Transfer;

namespace Cluster.Tests.Silo.Wallets;

/// <summary>Deaths at the worst moments; the ledger is the judge of what was paid.</summary>
public sealed class WalletCrashTests : IAsyncLifetime
{
    private const ulong Sol = 1_000_000_000;

    private readonly string _recipient = NewAddress();
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
    public async Task A_payment_committed_and_never_sent_is_paid_once_by_the_next_life_without_anybody_asking()
    {
        var transfer = await PayAndDie(sends: false);
        Assert.Equal(0UL, await _localnet.Lamports(_recipient));

        await using var next = await WalletSilo.Start(_database, _localnet.Url);

        // The reminder alone activates the wallet: the test looks at the books, not at the grain.
        await Eventually(async () => await Status(transfer) == "finalized");
        await RequirePaidOnce(transfer);
    }

    [Fact]
    public async Task A_payment_sent_and_landed_whose_outcome_was_never_heard_is_not_paid_again()
    {
        var transfer = await PayAndDie(sends: true);
        await _localnet.PassSlotsAsync(40);

        await using var next = await WalletSilo.Start(_database, _localnet.Url);
        var settled = await next.Settled(transfer);

        Assert.Equal(TransferStatus.Finalized, settled.Status);
        await RequirePaidOnce(transfer);
    }

    [Fact]
    public async Task A_client_that_retries_after_the_death_gets_the_first_answer_and_pays_nothing_more()
    {
        var transfer = await PayAndDie(sends: true);

        await using var next = await WalletSilo.Start(_database, _localnet.Url);
        var again = await next.Transfer("treasury", _recipient, Sol, requestId: "pay-1");
        await next.Settled(again);

        Assert.Equal(transfer, again);
        await RequirePaidOnce(transfer);
    }

    [Fact]
    public async Task A_payment_that_can_no_longer_land_expires_frees_its_money_and_may_be_asked_for_anew()
    {
        var transfer = await PayAndDie(sends: false);
        await _localnet.PassSlotsAsync(400);

        await using var next = await WalletSilo.Start(_database, _localnet.Url);
        var expired = await next.Settled(transfer);
        var balances = await next.Call<Balances>(new GetBalancesRequest { WalletId = "treasury" });
        var anew = await next.Settled(await next.Transfer("treasury", _recipient, Sol, requestId: "pay-2"));

        Assert.Equal(TransferStatus.Expired, expired.Status);
        Assert.StartsWith("it did not land before its blockhash expired, and never can", expired.Error);
        Assert.Equal(0UL, balances.Balances_[0].Reserved);
        Assert.Equal(TransferStatus.Finalized, anew.Status);
        await RequirePaidOnce(anew);
    }

    [Fact]
    public async Task A_payment_that_lands_with_an_error_is_failed_with_the_programs_reason_and_never_paid()
    {
        string mint;
        Transfer transfer;
        var first = await Life(sends: false);
        var wallet = await first.CreateWallet("treasury");
        await _localnet.Fund(wallet.Address, 10 * Sol);
        mint = await _localnet.Mint(wallet.Address, 1_000);
        transfer = await first.Transfer("treasury", _recipient, 600, mint);
        await first.Crash();
        await _localnet.AdminAsync("freeze", new { mint, owner = wallet.Address });

        await using var next = await WalletSilo.Start(_database, _localnet.Url);
        var failed = await next.Settled(transfer);

        Assert.Equal(TransferStatus.Failed, failed.Status);
        Assert.Contains("account frozen", failed.Error);
        Assert.Equal(0UL, await _localnet.Tokens(mint, _recipient));
        Assert.Equal(1_000UL, await _localnet.Tokens(mint, wallet.Address));
        Assert.Equal(10 * Sol - failed.FeeLamports, await _localnet.Lamports(wallet.Address));
    }

    [Fact]
    public async Task A_wallet_with_nothing_in_flight_keeps_no_reminder()
    {
        await using var silo = await WalletSilo.Start(_database, _localnet.Url);
        var wallet = await silo.CreateWallet("treasury");
        await _localnet.Fund(wallet.Address, 10 * Sol);
        var transfer = await silo.Transfer("treasury", _recipient, Sol);
        Assert.Equal(1, await _database.Scalar<long>("select count(*) from reminders where grain_type = 'wallet'"));

        await silo.Settled(transfer);

        await Eventually(async () => await _database.Scalar<long>("select count(*) from reminders where grain_type = 'wallet'") == 0);
    }

    [Fact]
    public async Task Under_every_fault_at_once_the_books_say_what_the_ledger_says()
    {
        const int Count = 40;
        await using var silo = await WalletSilo.Start(_database, _localnet.Url);
        var wallet = await silo.CreateWallet("treasury");
        await _localnet.Fund(wallet.Address, 100 * Sol);
        await _localnet.FaultsAsync(new
        {
            seed = 7,
            lostSends = 0.1,
            droppedReplies = 0.05,
            duplicatedSends = 0.1,
            lateLanding = 0.05,
            http429 = new { p = 0.1 },
            laggingStatus = new { p = 0.1 },
            forkDrops = new { p = 0.02 },
        });

        var recipients = Enumerable.Range(0, Count).Select(_ => NewAddress()).ToArray();
        var transfers = await Task.WhenAll(recipients.Select((recipient, i) => Persistently(silo, recipient, i)));
        var settled = await Task.WhenAll(transfers.Select(transfer => silo.Settled(transfer)));
        await _localnet.FaultsAsync(null);

        ulong paid = 0;
        for (var i = 0; i < Count; i++)
        {
            var expected = settled[i].Status == TransferStatus.Finalized ? Sol : 0;
            Assert.Equal(expected, await _localnet.Lamports(recipients[i]));
            paid += settled[i].Status == TransferStatus.Finalized ? Sol + settled[i].FeeLamports : 0;
        }

        Assert.Equal(100 * Sol - paid, await _localnet.Lamports(wallet.Address));
    }

    /// <summary>A client that retries with the same request id while the chain cannot be read.</summary>
    private static async Task<Transfer> Persistently(WalletSilo silo, string recipient, int number)
    {
        while (true)
        {
            try
            {
                return await silo.Transfer("treasury", recipient, Sol, requestId: $"pay-{number}");
            }
            catch (ClusterException error) when (error.Status == StatusCode.Unavailable)
            {
                await Task.Yield();
            }
        }
    }

    private async Task<Transfer> PayAndDie(bool sends)
    {
        var silo = await Life(sends);
        var wallet = await silo.CreateWallet("treasury");
        await _localnet.Fund(wallet.Address, 10 * Sol);
        var transfer = await silo.Transfer("treasury", _recipient, Sol, requestId: "pay-1");
        if (sends)
        {
            await Eventually(async () => await _localnet.Lamports(_recipient) == Sol);
        }

        await silo.Crash();
        return transfer;
    }

    private Task<WalletSilo> Life(bool sends) => WalletSilo.Start(
        _database,
        _localnet.Url,
        services => services.AddSingleton<ITransactionSender>(provider => new HeldSender(provider.GetRequiredService<TransactionSender>(), sends)));

    private Task<string> Status(Transfer transfer) =>
        _database.Scalar<string>($"select status from wallet_transactions where transfer_id = '{transfer.TransferId}'");

    private async Task RequirePaidOnce(Transfer transfer)
    {
        Assert.Equal(Sol, await _localnet.Lamports(_recipient));
        Assert.Single(await _localnet.LedgerAsync(), landed => (string)landed["signature"]! == transfer.Signature);
    }

    private static async Task Eventually(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(90));
        while (!await holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(25), patience.Token);
        }
    }
}
