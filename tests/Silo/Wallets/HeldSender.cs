using Cluster.Solana;

namespace Cluster.Tests.Silo.Wallets;

/// <summary>A sender that dies on its way: it takes transactions in and loses them, or sends them and never tells.</summary>
internal sealed class HeldSender(ITransactionSender sender, bool sends) : ITransactionSender
{
    public ValueTask<RecentBlockhash> GetRecentBlockhash(CancellationToken ct) => sender.GetRecentBlockhash(ct);

    public ValueTask<ulong> GetPriorityFee(ReadOnlyMemory<PublicKey> writable, CancellationToken ct) => sender.GetPriorityFee(writable, ct);

    public ValueTask Submit(IReadOnlyList<SignedTransaction> transactions, IOutcomeSink sink, SubmitOptions options, CancellationToken ct) =>
        sends ? sender.Submit(transactions, new DeafSink(), options, ct) : ValueTask.CompletedTask;

    private sealed class DeafSink : IOutcomeSink
    {
        public Task OnOutcomes(IReadOnlyList<TransactionOutcome> outcomes, CancellationToken ct) => Task.CompletedTask;
    }
}
