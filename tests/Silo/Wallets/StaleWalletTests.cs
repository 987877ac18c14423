using Cluster.Solana;
using Cluster.Tests.Support;
using Cluster.V1;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Cluster.Tests.Silo.Wallets.WalletChain;

namespace Cluster.Tests.Silo.Wallets;

/// <summary>Two processes that each hold an activation of one wallet, as in a cluster whose membership disagrees.</summary>
public sealed class StaleWalletTests : IAsyncLifetime
{
    private const ulong Sol = 1_000_000_000;
    private const string Reminders = "select count(*) from reminders where grain_type = 'wallet'";

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
    public async Task A_payment_that_the_other_activation_committed_before_its_process_died_is_taken_up_by_the_one_that_did_not_know_of_it()
    {
        var payer = await WalletSilo.Start(
            _database,
            _localnet.Url,
            services => services.AddSingleton<ITransactionSender>(
                provider => new HeldSender(provider.GetRequiredService<TransactionSender>(), sends: false)),
            ("Cluster:Reminders:PollPeriod", "00:01:00"));
        await using var other = await WalletSilo.Start(_database, _localnet.Url, null, ("Cluster:Reminders:PollPeriod", "00:00:00.100"));
        var wallet = await payer.CreateWallet("treasury");
        await _localnet.Fund(wallet.Address, 10 * Sol);
        await other.Call<Wallet>(new GetWalletRequest { WalletId = "treasury" });

        var transfer = await payer.Transfer("treasury", _recipient, Sol);
        await payer.Crash();

        // Whoever looks keeps the other activation alive: it does not get its books by being loaded again for idleness.
        Assert.Equal(TransferStatus.Finalized, (await other.Settled(transfer)).Status);
        Assert.Equal(Sol, await _localnet.Lamports(_recipient));
    }

    [Fact]
    public async Task A_payment_has_a_reminder_though_another_activation_removed_that_of_the_one_before()
    {
        await using var payer = await WalletSilo.Start(_database, _localnet.Url, null, ("Cluster:Reminders:PollPeriod", "00:01:00"));
        await using var other = await WalletSilo.Start(_database, _localnet.Url, null, ("Cluster:Reminders:PollPeriod", "00:00:00.100"));
        var wallet = await payer.CreateWallet("treasury");
        await _localnet.Fund(wallet.Address, 10 * Sol);
        await other.Call<Wallet>(new GetWalletRequest { WalletId = "treasury" });
        await payer.Settled(await payer.Transfer("treasury", _recipient, Sol));
        await Eventually(async () => await _database.Scalar<long>(Reminders) == 0);

        var second = await payer.Transfer("treasury", _recipient, Sol);
        var reminders = await _database.Scalar<long>(Reminders);

        Assert.Equal(1, reminders);
        Assert.Equal(TransferStatus.Finalized, (await payer.Settled(second)).Status);
    }

    private static async Task Eventually(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(25), patience.Token);
        }
    }
}
