using Cluster.Solana;
using Cluster.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Xunit;

namespace Cluster.Tests.Solana.Sending;

/// <summary>The sender against the real virtual machine, which has the last word on what landed.</summary>
public sealed class LocalnetSendingTests
{
    private const ulong Start = 100_000_000_000;

    [Fact]
    public async Task Payments_are_confirmed_then_finalized_and_the_ledger_has_each_once()
    {
        await using var localnet = await LocalnetProcess.StartAsync(new() { Slot = TimeSpan.FromMilliseconds(20) });
        await using var sender = await Sender(localnet);
        using var payer = await Funded(localnet);
        var sink = new CollectingSink();

        var transactions = await Sign(sender, payer, 300);
        await sender.Submit(transactions, sink, default);
        await sink.Until(OutcomeKind.Finalized, 300);

        await AssertPaidOnce(localnet, transactions);
        Assert.All(transactions, transaction => Assert.Contains(OutcomeKind.Confirmed, sink.KindsOf(transaction)));
        Assert.Equal(0, sender.InFlight);
    }

    [Fact]
    public async Task A_payment_that_fails_on_the_ledger_is_failed_with_its_reason_and_never_confirmed()
    {
        await using var localnet = await LocalnetProcess.StartAsync(new() { Slot = TimeSpan.FromMilliseconds(20) });
        await using var sender = await Sender(localnet);
        using var payer = await Funded(localnet);
        var sink = new CollectingSink();
        var blockhash = await sender.GetRecentBlockhash(default);
        var tooMuch = SampleTransactions.Transfer(
            payer, Recipient(1), Start * 2, blockhash.Blockhash, blockhash.LastValidBlockHeight);

        await sender.Submit([tooMuch], sink, SubmitOptions.Fresh with { ReadFee = true }, default);
        await sink.Until(OutcomeKind.Failed);

        Assert.Equal([OutcomeKind.Failed], sink.KindsOf(tooMuch));
        var outcome = sink.Outcomes.Single();
        Assert.Equal("instruction 0: custom program error 0x1 (insufficient lamports)", outcome.Error!.ToString());
        Assert.Equal(5000u, outcome.FeeLamports);
    }

    [Fact]
    public async Task A_payment_that_never_reaches_a_leader_is_proven_expired_and_only_then_signed_anew()
    {
        await using var localnet = await LocalnetProcess.StartAsync(new() { Slot = TimeSpan.FromMilliseconds(10) });
        await using var sender = await Sender(localnet);
        using var payer = await Funded(localnet);
        var sink = new CollectingSink();
        await localnet.FaultsAsync(new { seed = 1, lostSends = 1.0 });

        var lost = await Sign(sender, payer, 20);
        await sender.Submit(lost, sink, default);
        await sink.Until(OutcomeKind.Expired, 20);

        Assert.All(lost, transaction => Assert.Equal([OutcomeKind.Expired], sink.KindsOf(transaction)));
        var height = await sender.Rpc.GetBlockHeight(RpcQuery.Finalized);
        Assert.All(lost, transaction => Assert.True(height > transaction.LastValidBlockHeight));
        Assert.DoesNotContain(await Landed(localnet), lost.Select(transaction => transaction.Signature.ToString()).Contains);
    }

    [Fact]
    public async Task Under_every_fault_at_once_each_payment_is_paid_exactly_once_and_reported_so()
    {
        await using var localnet = await LocalnetProcess.StartAsync(new() { Slot = TimeSpan.FromMilliseconds(20) });
        await using var sender = await Sender(localnet);
        using var payer = await Funded(localnet);
        await localnet.FaultsAsync(new
        {
            seed = 7,
            lostSends = 0.1,
            lateLanding = 0.1,
            duplicatedSends = 0.1,
            droppedReplies = 0.05,
            slowReplies = new { p = 0.02, ms = 300 },
            http429 = new { p = 0.02, burst = 5 },
            http5xx = new { p = 0.02 },
            laggingStatus = new { p = 0.2, slots = 20 },
            forkDrops = new { p = 0.05, everySlots = 8 },
        });

        var owed = Enumerable.Range(0, 200).ToDictionary(Recipient, number => (ulong)(1_000_000 + number));
        var open = owed;
        for (var rounds = 0; open.Count > 0; rounds++)
        {
            Assert.InRange(rounds, 0, 20);
            open = await Pay(sender, payer, open);
        }

        await localnet.FaultsAsync(null);
        foreach (var (recipient, lamports) in owed)
        {
            Assert.Equal(lamports, (await sender.Rpc.GetBalance(recipient, RpcQuery.Finalized)).Value);
        }
    }

    [Fact]
    public async Task What_a_dead_sender_left_is_taken_up_and_paid_once()
    {
        await using var localnet = await LocalnetProcess.StartAsync(new() { Slot = TimeSpan.FromMilliseconds(20) });
        using var payer = await Funded(localnet);
        IReadOnlyList<SignedTransaction> transactions;
        await using (var dying = await Sender(localnet))
        {
            transactions = await Sign(dying, payer, 100);
            await dying.Submit([.. transactions.Take(50)], new CollectingSink(), default);
        }

        await using var sender = await Sender(localnet);
        var sink = new CollectingSink();
        await sender.Submit(transactions, sink, SubmitOptions.TakenUp, default);
        await sink.Until(OutcomeKind.Finalized, 100);

        await AssertPaidOnce(localnet, transactions);
    }

    /// <summary>Pays what is open; returns what is proven not to be paid, to be signed anew.</summary>
    private static async Task<Dictionary<PublicKey, ulong>> Pay(
        TransactionSender sender, SigningKey payer, Dictionary<PublicKey, ulong> open)
    {
        var blockhash = await sender.GetRecentBlockhash(default);
        var payments = open.ToDictionary(
            pair => SampleTransactions.Transfer(payer, pair.Key, pair.Value, blockhash.Blockhash, blockhash.LastValidBlockHeight),
            pair => pair);
        var sink = new CollectingSink();
        await sender.Submit([.. payments.Keys], sink, default);
        await sink.Until(outcomes => outcomes.Where(outcome => outcome.IsFinal).DistinctBy(outcome => outcome.Signature).Count() == payments.Count);

        var final = sink.Outcomes.Where(outcome => outcome.IsFinal).DistinctBy(outcome => outcome.Signature).ToDictionary(outcome => outcome.Signature);
        Assert.DoesNotContain(final.Values, outcome => outcome.Kind == OutcomeKind.Failed);
        return payments
            .Where(payment => final[payment.Key.Signature].Kind == OutcomeKind.Expired)
            .ToDictionary(payment => payment.Value.Key, payment => payment.Value.Value);
    }

    private static async Task<TransactionSender> Sender(LocalnetProcess localnet)
    {
        var options = new SolanaOptions
        {
            Endpoints = { new SolanaEndpointOptions { Url = localnet.Url } },
            SlotDuration = TimeSpan.FromMilliseconds(20),
            ResendInterval = TimeSpan.FromMilliseconds(200),
        };
        var sender = new TransactionSender(Options.Create(options), TimeProvider.System, NullLogger<TransactionSender>.Instance);
        await sender.StartAsync(default);
        return sender;
    }

    private static async Task<SigningKey> Funded(LocalnetProcess localnet)
    {
        var key = SigningKey.Generate();
        await localnet.CallAsync("requestAirdrop", key.PublicKey.ToString(), Start);
        await localnet.PassSlotsAsync(40);
        return key;
    }

    private static async Task<IReadOnlyList<SignedTransaction>> Sign(TransactionSender sender, SigningKey payer, int count)
    {
        var blockhash = await sender.GetRecentBlockhash(default);
        return [.. Enumerable.Range(0, count).Select(number => SampleTransactions.Transfer(
            payer, Recipient(number), (ulong)(1_000_000 + number), blockhash.Blockhash, blockhash.LastValidBlockHeight))];
    }

    private static PublicKey Recipient(int number)
    {
        var bytes = new byte[PublicKey.Size];
        bytes[0] = 1;
        BitConverter.TryWriteBytes(bytes.AsSpan(8), number);
        return PublicKey.FromBytes(bytes);
    }

    private static async Task AssertPaidOnce(LocalnetProcess localnet, IReadOnlyList<SignedTransaction> transactions)
    {
        var landed = await Landed(localnet);
        Assert.All(transactions, transaction => Assert.Single(landed, signature => signature == transaction.Signature.ToString()));
    }

    private static async Task<IReadOnlyList<string>> Landed(LocalnetProcess localnet) =>
        [.. (await localnet.LedgerAsync()).Where(entry => entry["err"] is null).Select(entry => (string)entry["signature"]!)];
}
