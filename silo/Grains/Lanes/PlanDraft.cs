using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Campaigns;
using Cluster.Solana;
using Cluster.V1;
using Google.Protobuf;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>A plan while it is drawn up: batches that nobody has signed yet.</summary>
/// <param name="blockhash">What the batches are built with.</param>
internal sealed class PlanDraft(RecentBlockhash blockhash)
{
    /// <summary>Signature count, then the one signature; the message follows.</summary>
    private const int MessageOffset = 1 + Signature.Size;

    private readonly List<Unsigned> _batches = [];
    private readonly List<PaymentFailure> _failures = [];

    /// <summary>How many batches there are.</summary>
    public int Count => _batches.Count;

    /// <summary>How many recipients are to fail.</summary>
    public int FailureCount => _failures.Count;

    /// <summary>Takes a piece that was cut.</summary>
    /// <param name="cut">A batch, whose bytes are the cutter's, or somebody who cannot be paid.</param>
    /// <param name="cutter">Has just cut it.</param>
    /// <param name="attempts">Transactions signed in a row for these recipients, this one included.</param>
    /// <param name="reason">Why somebody cannot be paid.</param>
    /// <param name="failedIn">The transaction that was to pay them and failed; null where none was sent.</param>
    public void Take(in Cut cut, BatchCutter cutter, int attempts, Func<long, string> reason, Signature? failedIn = null)
    {
        if (cut.IsRefused)
        {
            Fail(new PaymentFailure(cut.First, cut.Refused.ToString(), reason(cut.First), failedIn));
            return;
        }

        _batches.Add(new Unsigned(cut, attempts, cutter.Bytes[..cut.Batch.Size].ToArray()));
    }

    /// <summary>Notes somebody who cannot be paid.</summary>
    public void Fail(PaymentFailure failure) => _failures.Add(failure);

    /// <summary>Has all batches signed in one call.</summary>
    public async Task<IReadOnlyList<PlannedBatch>> Sign(IGrains grains, string walletId, Call call)
    {
        if (_batches.Count == 0)
        {
            return [];
        }

        var request = new SignMessagesRequest { WalletId = walletId };
        foreach (var batch in _batches)
        {
            request.Messages.Add(UnsafeByteOperations.UnsafeWrap(batch.Transaction.AsMemory(MessageOffset)));
        }

        var reply = await grains.Call<SignMessagesReply>(request, call);
        return [.. _batches.Zip(reply.Signatures, Signed)];
    }

    /// <summary>Those who cannot be paid.</summary>
    public IReadOnlyList<PaymentFailure> Failures => _failures;

    private PlannedBatch Signed(Unsigned batch, ByteString signature)
    {
        signature.Span.CopyTo(batch.Transaction.AsSpan(1));
        return new PlannedBatch
        {
            First = batch.Cut.First,
            Last = batch.Cut.Last,
            Attempts = batch.Attempts,
            Signature = Signature.FromBytes(signature.Span),
            Transaction = batch.Transaction,
            LastValidBlockHeight = blockhash.LastValidBlockHeight,
            Amount = batch.Cut.Batch.Amount,
            Fee = batch.Cut.Batch.Fee,
            Rent = batch.Cut.Batch.Rent,
        };
    }

    private readonly record struct Unsigned(Cut Cut, int Attempts, byte[] Transaction);
}
