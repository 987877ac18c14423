using Cluster.Silo.Hosting;
using Cluster.Tests.Support;
using Cluster.V1;
using Xunit;
using static Cluster.Tests.Silo.Wallets.WalletChain;

namespace Cluster.Tests.Silo.Wallets;

public sealed class WalletConcurrencyTests : IAsyncLifetime
{
    private const ulong Sol = 1_000_000_000;

    private static readonly (string, string)[] Patient = [("Cluster:Host:MailboxBound", "5000"), ("Cluster:Host:DefaultDeadline", "00:05:00")];

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
    public async Task Of_a_thousand_transfers_out_of_a_wallet_that_affords_five_hundred_exactly_five_hundred_go()
    {
        const ulong Amount = 1_000_000;
        await using var silo = await WalletSilo.Start(_database, _localnet.Url, null, Patient);
        var wallet = await silo.CreateWallet("treasury");
        await _localnet.Fund(wallet.Address, (500 * (Amount + Fee)) + WalletRent);
        var recipient = NewAddress();
        await _localnet.Fund(recipient, Sol);

        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(async n =>
        {
            try
            {
                return (Transfer: await silo.Transfer("treasury", recipient, Amount, requestId: $"pay-{n}"), Refusal: (string?)null);
            }
            catch (ClusterException error) when (error.Status == StatusCode.FailedPrecondition)
            {
                return (Transfer: null!, Refusal: error.Message);
            }
        }));
        var paid = answers.Where(answer => answer.Refusal is null).ToArray();
        var settled = await Task.WhenAll(paid.Select(answer => silo.Settled(answer.Transfer)));

        Assert.Equal(500, paid.Length);
        Assert.All(answers.Where(answer => answer.Refusal is not null), answer => Assert.StartsWith($"insufficient funds: wallet {wallet.Address} has 0 of 1,005,000 lamports", answer.Refusal));
        Assert.All(settled, transfer => Assert.Equal(TransferStatus.Finalized, transfer.Status));
        Assert.Equal(WalletRent, await _localnet.Lamports(wallet.Address));
        Assert.Equal(Sol + (500 * Amount), await _localnet.Lamports(recipient));
    }

    [Fact]
    public async Task The_same_request_sent_a_hundred_times_at_once_pays_once_and_gives_a_hundred_equal_answers()
    {
        await using var silo = await WalletSilo.Start(_database, _localnet.Url, null, Patient);
        var wallet = await silo.CreateWallet("treasury");
        await _localnet.Fund(wallet.Address, 100 * Sol);
        var recipient = NewAddress();

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => silo.Transfer("treasury", recipient, Sol, requestId: "salary-2026-11")));
        await silo.Settled(answers[0]);

        Assert.Single(answers.Distinct());
        Assert.Equal(Sol, await _localnet.Lamports(recipient));
        Assert.Equal(1, await _database.Scalar<long>("select count(*) from wallet_transactions"));
        var other = await Assert.ThrowsAsync<ClusterException>(() => silo.Transfer("treasury", recipient, 2 * Sol, requestId: "salary-2026-11"));
        Assert.Equal(StatusCode.AlreadyExists, other.Status);
    }

    [Fact]
    public async Task Two_processes_that_pay_out_of_one_wallet_cannot_spend_the_same_money()
    {
        await using var first = await WalletSilo.Start(_database, _localnet.Url, null, Patient);
        await using var second = await WalletSilo.Start(_database, _localnet.Url, null, Patient);
        var wallet = await first.CreateWallet("treasury");
        await _localnet.Fund(wallet.Address, (10 * (Sol + Fee)) + WalletRent);
        var recipient = NewAddress();

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 40).Select(async n =>
        {
            try
            {
                return await (n % 2 == 0 ? first : second).Transfer("treasury", recipient, Sol, requestId: $"pay-{n}");
            }
            catch (ClusterException error) when (error.Status is StatusCode.FailedPrecondition or StatusCode.Aborted)
            {
                return null;
            }
        }));
        var settled = await Task.WhenAll(outcomes.Where(transfer => transfer is not null).Select(transfer => first.Settled(transfer!)));

        Assert.All(settled, transfer => Assert.Equal(TransferStatus.Finalized, transfer.Status));
        Assert.Equal(Sol * (ulong)settled.Length, await _localnet.Lamports(recipient));
        Assert.InRange(settled.Length, 1, 10);
    }

    [Fact]
    public async Task A_chain_that_does_not_answer_holds_a_wallet_no_longer_than_the_deadline_and_changes_nothing()
    {
        await using var silo = await WalletSilo.Start(_database, _localnet.Url, null, [.. Patient, ("Cluster:ChainReader:Deadline", "00:00:00.100")]);
        await silo.CreateWallet("treasury");
        await _localnet.FaultsAsync(new { latencyMs = 20_000 });

        var started = System.Diagnostics.Stopwatch.GetTimestamp();
        var error = await Assert.ThrowsAsync<ClusterException>(() => silo.Transfer("treasury", NewAddress(), Sol));

        Assert.Equal((StatusCode.Unavailable, "The chain did not answer within 100 ms; nothing was changed, try again."), (error.Status, error.Message));
        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(15));
        Assert.Equal(0, await _database.Scalar<long>("select count(*) from wallet_transactions"));
        Assert.Equal(0, await _database.Scalar<long>("select count(*) from requests where method like '%Transfer'"));
    }
}
