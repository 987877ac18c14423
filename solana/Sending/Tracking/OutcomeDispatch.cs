namespace Cluster.Solana;

/// <summary>Hands outcomes to the sinks they belong to, reading the fee first where that was asked for.</summary>
internal sealed class OutcomeDispatch(InFlight inFlight, ISolanaRpc rpc, Supervisor supervisor, CancellationToken stopping)
    : IDisposable
{
    private const int MaxConcurrentFeeReads = 16;

    private readonly SemaphoreSlim _feeReads = new(MaxConcurrentFeeReads);

    public void Dispose() => _feeReads.Dispose();

    public void Post(List<(TrackedTransaction Transaction, TransactionOutcome Outcome)> outcomes)
    {
        foreach (var group in outcomes.GroupBy(item => item.Transaction.Delivery))
        {
            group.Key.Post(group.Where(item => !item.Transaction.ReadingFee));
        }

        foreach (var (tracked, _) in outcomes.Where(item => item.Transaction.ReadingFee && item.Outcome.IsFinal))
        {
            supervisor.Detach(ReadFee(tracked));
        }
    }

    private async Task ReadFee(TrackedTransaction tracked)
    {
        ulong? fee = null;
        await _feeReads.WaitAsync(stopping);
        try
        {
            fee = (await rpc.GetTransaction(tracked.Transaction.Signature, RpcQuery.Finalized, stopping))?.Meta.Fee;
        }
        catch (RpcException)
        {
            // The outcome is certain without it, and must not wait for a figure that nobody can give.
        }
        finally
        {
            _feeReads.Release();
        }

        var (delivery, outcome) = inFlight.EndFee(tracked, fee);
        delivery.Post([(tracked, outcome)]);
    }
}
