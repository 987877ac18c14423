using Microsoft.Extensions.Logging;

namespace Cluster.Solana;

/// <summary>
/// A fixed number of workers that send what is queued. Each takes what waits, alone or several in one JSON-RPC batch, so
/// a slow endpoint is met with more requests at once and a busy one with fuller ones.
/// </summary>
internal sealed class SendPump(
    InFlight inFlight, RpcPool pool, SendQueue queue, SolanaOptions options, SenderMetrics metrics, Supervisor supervisor, ILogger logger)
{
    private readonly int _largestBatch = options.Endpoints.Max(endpoint => endpoint.SendBatchSize);

    /// <summary>Runs until cancelled.</summary>
    public Task Run(CancellationToken ct) =>
        Task.WhenAll(Enumerable.Range(0, options.MaxConcurrentSends).Select(_ => supervisor.KeepRunning(Work, ct)));

    private async Task Work(CancellationToken ct)
    {
        var taken = new List<TrackedTransaction>(_largestBatch);
        while (true)
        {
            taken.Clear();
            await queue.Take(taken, _largestBatch, ct);
            taken.RemoveAll(tracked => !inFlight.BeginSend(tracked));
            try
            {
                foreach (var group in taken.GroupBy(tracked => tracked.Options.SkipPreflight))
                {
                    await Send([.. group], new SendOptions(SkipPreflight: group.Key), ct);
                }
            }
            finally
            {
                inFlight.EndSends(taken);
            }
        }
    }

    private async Task Send(TrackedTransaction[] group, SendOptions how, CancellationToken ct)
    {
        // A transaction that was sent in vain goes through another node next time.
        var turn = group.Max(tracked => tracked.Sends);
        for (var sent = 0; sent < group.Length;)
        {
            var node = await pool.Pick(turn, ct);
            var batch = group.AsMemory(sent, Math.Min(node.SendBatchSize, group.Length - sent));
            await SendBatch(node, batch, how, ct);
            sent += batch.Length;
        }
    }

    private async Task SendBatch(RpcNode node, ReadOnlyMemory<TrackedTransaction> batch, SendOptions how, CancellationToken ct)
    {
        await node.TakeSends(batch.Length, ct);
        var transactions = new SignedTransaction[batch.Length];
        var repeated = 0;
        for (var i = 0; i < transactions.Length; i++)
        {
            transactions[i] = batch.Span[i].Transaction;
            repeated += batch.Span[i].Sends > 0 ? 1 : 0;
        }

        var results = await node.Client.SendTransactions(transactions, how, ct);
        metrics.Sent(results, repeated);
        Learn(node, results);
        for (var i = 0; i < results.Count; i++)
        {
            inFlight.BookSend(batch.Span[i], results[i]);
        }
    }

    private void Learn(RpcNode node, IReadOnlyList<SendResult> results)
    {
        var failed = results.FirstOrDefault(result => result.Verdict == SendVerdict.Unknown).Failure;
        node.Observe(failed);
        if (failed is null)
        {
            return;
        }

        SenderLog.SendUnknown(logger, results.Count, node.ToString(), failed.Reason);
        if (results.Count > 1 && results.All(result => result.Failure?.Failure is RpcFailure.MethodNotSupported
            or RpcFailure.InvalidRequest or RpcFailure.UnexpectedStatus or RpcFailure.MalformedReply))
        {
            node.StopBatching();
            SenderLog.BatchesRefused(logger, node.ToString(), failed.Reason);
        }
    }
}
