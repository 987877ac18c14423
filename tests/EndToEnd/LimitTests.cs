using Cluster.Grpc;
using Cluster.Tests.Silo.Wallets;
using Cluster.Tests.Support;
using Cluster.V1;
using Google.Protobuf.WellKnownTypes;
using Xunit;
using static Cluster.Tests.Silo.Wallets.WalletChain;

namespace Cluster.Tests.EndToEnd;

/// <summary>Limits through the real executable, killed in the middle; the ledger is the judge.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class LimitTests
{
    private const string Purse = "purse";
    private const ulong Amount = 1_000_000;

    private readonly string _recipient = NewAddress();

    [Fact]
    public async Task Of_a_thousand_calls_at_once_against_a_limit_of_ten_exactly_ten_pay_also_across_a_death_in_the_middle()
    {
        await using var airdrop = await Airdrop.Set(
            new LocalnetOptions(),
            new { decimals = 6 },
            ClusterProcess.StartEmbedded,
            options: [("Cluster__Host__MailboxBound", "5000"), ("Cluster__Host__DefaultDeadline", "00:05:00")]);
        var wallet = await airdrop.Insist<Wallet>(new CreateWalletRequest { RequestId = "purse", WalletId = Purse, Kind = WalletKind.User });
        await airdrop.Localnet.Fund(wallet.Address, Airdrop.Sol);
        await airdrop.Insist<Limit>(new SetLimitRequest
        {
            RequestId = "limit",
            LimitId = "purse-hourly",
            Limit = new Limit
            {
                Scope = new LimitScope { Kind = LimitScopeKind.Wallet, Id = Purse },
                Asset = "SOL",
                Window = TimeSpan.FromHours(1).ToDuration(),
                MaxCount = 10,
            },
        });

        var calls = Enumerable.Range(0, 1_000).Select(n => Pays(airdrop, n)).ToList();
        await Task.WhenAny(calls);
        await airdrop.Cluster.Crash();
        var first = await Task.WhenAll(calls);
        var again = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(n => Pays(airdrop, n)));

        Assert.Equal(10, first.Count(paid => paid));
        Assert.Equal(first, again);
        Assert.Equal(10, await airdrop.Database.Scalar<long>("select count(*) from limit_uses"));
        Assert.Equal(10, await airdrop.Database.Scalar<long>($"select count(*) from wallet_transactions where wallet_id = '{Purse}'"));
        var patience = TimeProvider.System.GetTimestamp();
        while (await airdrop.Localnet.Lamports(_recipient) < 10 * Amount)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(patience) < TimeSpan.FromMinutes(1), "not all ten payments landed");
            await Task.Delay(TimeSpan.FromMilliseconds(25), TestContext.Current.CancellationToken);
        }

        Assert.Equal(10 * Amount, await airdrop.Localnet.Lamports(_recipient));
    }

    private async Task<bool> Pays(Airdrop airdrop, int n)
    {
        try
        {
            await airdrop.Insist<Transfer>(new TransferRequest { RequestId = $"pay-{n}", WalletId = Purse, Destination = _recipient, Amount = Amount });
            return true;
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.ResourceExhausted && error.Status.Message.StartsWith("limit purse-hourly", StringComparison.Ordinal))
        {
            return false;
        }
    }
}
