using Microsoft.Extensions.Logging;

namespace Cluster.Solana;

/// <summary>
/// One loop for everything in flight: about once a slot it learns what is finalized, looks up what may have news, 256
/// signatures a request and several requests at once, and hands over what must be sent again. It never waits for a node:
/// one that hangs delays only its own look-ups.
/// </summary>
internal sealed class StatusPoll(
    InFlight inFlight,
    RpcPool pool,
    SendQueue queue,
    OutcomeDispatch dispatch,
    BlockhashCache blockhashes,
    SolanaOptions options,
    Supervisor supervisor,
    TimeProvider time,
    ILogger logger) : IDisposable
{
    private readonly SemaphoreSlim _places = new(options.MaxConcurrentLookUps);
    private FinalizedPoint _finalized;
    private int _askingFinalized;

    public void Dispose() => _places.Dispose();

    /// <summary>Runs until cancelled.</summary>
    public async Task Run(CancellationToken ct)
    {
        using var timer = new PeriodicTimer(options.SlotDuration, time);
        while (await timer.WaitForNextTickAsync(ct))
        {
            if (inFlight.Count > 0)
            {
                Tick(ct);
            }
        }
    }

    private void Tick(CancellationToken ct)
    {
        supervisor.Detach(AskFinalized(ct));
        var most = _places.CurrentCount * SolanaRpcClient.StatusesPerCall;
        var due = inFlight.CollectDue(_finalized, most, most);
        foreach (var tracked in due.Sends)
        {
            queue.Enqueue(tracked);
        }

        // History first: it decides what no other question can.
        foreach (var chunk in due.History.Chunk(SolanaRpcClient.StatusesPerCall))
        {
            supervisor.Detach(LookUp(chunk, history: true, ct));
        }

        foreach (var chunk in due.Recent.Chunk(SolanaRpcClient.StatusesPerCall))
        {
            supervisor.Detach(LookUp(chunk, history: false, ct));
        }
    }

    private async Task AskFinalized(CancellationToken ct)
    {
        if (Interlocked.Exchange(ref _askingFinalized, 1) == 1)
        {
            return;
        }

        try
        {
            var node = await pool.Pick(turn: 0, ct);
            await node.TakeRequest(ct);
            var error = await AskFinalized(node, ct);
            node.Observe(error);
            Log(node, error);
        }
        finally
        {
            Volatile.Write(ref _askingFinalized, 0);
        }
    }

    private async Task<RpcException?> AskFinalized(RpcNode node, CancellationToken ct)
    {
        try
        {
            var finalized = await node.Client.GetEpochInfo(RpcQuery.Finalized, ct);
            node.ObserveSlot(finalized.AbsoluteSlot);
            if (finalized.AbsoluteSlot > _finalized.Slot)
            {
                _finalized = new FinalizedPoint(finalized.AbsoluteSlot, finalized.BlockHeight);
                blockhashes.OnFinalized(finalized.BlockHeight);
            }

            return null;
        }
        catch (RpcException exception)
        {
            return exception;
        }
    }

    private async Task LookUp(TrackedTransaction[] chunk, bool history, CancellationToken ct)
    {
        RpcException? error = null;
        await _places.WaitAsync(ct);
        try
        {
            // The longer it goes on without proof, the more nodes are asked.
            var node = await pool.Pick(history ? chunk.Max(tracked => tracked.FruitlessLookUps) : 0, ct);
            error = await (history ? AskHistory(node, chunk, ct) : AskRecent(node, chunk, ct));
            node.Observe(error);
            Log(node, error);
        }
        finally
        {
            _places.Release();
            inFlight.EndLookUp(chunk, HistoryUnavailable(error));
        }
    }

    private async Task<RpcException?> AskRecent(RpcNode node, TrackedTransaction[] chunk, CancellationToken ct)
    {
        await node.TakeRequest(ct);
        var called = await node.Client.TryGetStatuses(
            Array.ConvertAll(chunk, tracked => tracked.Transaction.Signature), searchHistory: false, ct);
        if (called.TryGet(out var reply, out var error))
        {
            node.ObserveSlot(reply.Slot);
            dispatch.Post(inFlight.BookRecent(chunk, reply));
        }

        return error;
    }

    private async Task<RpcException?> AskHistory(RpcNode node, TrackedTransaction[] chunk, CancellationToken ct)
    {
        try
        {
            var (statuses, view) = await HistoryLookUp.Ask(node, chunk, ct);
            blockhashes.OnFinalized(view.FinalizedHeight);
            dispatch.Post(inFlight.BookHistory(chunk, statuses, view));
            return null;
        }
        catch (RpcException exception)
        {
            return exception;
        }
    }

    private void Log(RpcNode node, RpcException? error)
    {
        if (HistoryUnavailable(error))
        {
            SenderLog.HistoryUnavailable(logger, node.ToString(), error!.Message);
        }
        else if (error is not null)
        {
            SenderLog.EndpointFailed(logger, node.ToString(), error.Message);
        }
    }

    private static bool HistoryUnavailable(RpcException? error) =>
        error?.Failure is RpcFailure.HistoryUnavailable or RpcFailure.MethodNotSupported;
}
