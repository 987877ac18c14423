using Cluster.Grpc;
using Cluster.Tests.Silo.Wallets;
using Cluster.Tests.Support;
using Cluster.V1;
using Xunit;
using static Cluster.Tests.Silo.Wallets.WalletChain;
using RpcException = Cluster.Grpc.RpcException;

namespace Cluster.Tests.EndToEnd;

/// <summary>Payments by many at once out of one wallet, over any host.</summary>
public abstract class PaymentConformance
{
    private const string Purse = "purse";
    private const ulong Amount = 1_000_000;

    private readonly string _recipient = NewAddress();
    private readonly StartCluster _start;

    private protected PaymentConformance(StartCluster start) => _start = start;

    [Fact]
    public async Task Of_a_thousand_calls_that_spend_a_wallet_that_affords_five_hundred_exactly_five_hundred_succeed()
    {
        await using var airdrop = await Airdrop.Set(
            new LocalnetOptions(), new { decimals = 6 }, _start, options: [("Cluster__Host__MailboxBound", "5000"), ("Cluster__Host__DefaultDeadline", "00:05:00")]);
        var address = await Fund(airdrop, (500 * (Amount + Fee)) + WalletRent);

        var answers = await Task.WhenAll(Enumerable.Range(0, 1_000).Select(n => Pay(airdrop, $"pay-{n}", n)));
        var paid = answers.Where(answer => answer.Transfer is not null).Select(answer => answer.Transfer!).ToList();
        foreach (var transfer in paid)
        {
            Assert.Equal(TransferStatus.Finalized, await Settled(airdrop, transfer));
        }

        Assert.Equal(500, paid.Count);
        Assert.Equal(500, paid.DistinctBy(transfer => transfer.Signature).Count());
        Assert.All(answers.Where(answer => answer.Transfer is null), answer => Assert.StartsWith($"insufficient funds: wallet {address} has", answer.Refusal));
        Assert.Equal(500 * Amount, await airdrop.Localnet.Lamports(_recipient));
        Assert.Equal(WalletRent, await airdrop.Localnet.Lamports(address));
    }

    [Fact]
    public async Task One_request_sent_a_hundred_times_at_once_and_again_after_a_death_is_one_payment_with_equal_answers()
    {
        await using var airdrop = await Airdrop.Set(new LocalnetOptions(), new { decimals = 6 }, _start);
        await Fund(airdrop, Airdrop.Sol);

        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(n => Pay(airdrop, "salary", n)));
        await airdrop.Cluster.Crash();
        var afterwards = await Pay(airdrop, "salary");
        await Settled(airdrop, afterwards.Transfer!);

        Assert.All(answers, answer => Assert.Equal(afterwards.Transfer, answer.Transfer));
        Assert.Equal(Amount, await airdrop.Localnet.Lamports(_recipient));
    }

    private static async Task<string> Fund(Airdrop airdrop, ulong lamports)
    {
        var wallet = await airdrop.Insist<Wallet>(new CreateWalletRequest { RequestId = "purse", WalletId = Purse, Kind = WalletKind.User });
        await airdrop.Localnet.Fund(wallet.Address, lamports);
        return wallet.Address;
    }

    private async Task<(Transfer? Transfer, string Refusal)> Pay(Airdrop airdrop, string requestId, int turn = 0)
    {
        try
        {
            var request = new TransferRequest { RequestId = requestId, WalletId = Purse, Destination = _recipient, Amount = Amount };
            return (await airdrop.Insist<Transfer>(request, turn), "");
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.FailedPrecondition)
        {
            return (null, error.Status.Message);
        }
    }

    private static async Task<TransferStatus> Settled(Airdrop airdrop, Transfer transfer)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (true)
        {
            var now = await airdrop.Insist<Transfer>(new GetTransferRequest { WalletId = Purse, TransferId = transfer.TransferId });
            if (now.Status is not (TransferStatus.Pending or TransferStatus.Confirmed))
            {
                return now.Status;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(25), patience.Token);
        }
    }
}
