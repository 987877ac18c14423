using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Cluster.Solana;
using Cluster.Tests.Solana.Rpc;

namespace Cluster.Tests.Solana.Sending;

/// <summary>
/// A node with a chain that stands still until the test moves it, and that can be made to lag, to forget and to lose. Slots
/// run ahead of heights by <see cref="SkippedSlots"/>, as on a real chain.
/// </summary>
internal sealed class FakeChain : IAsyncDisposable
{
    public const int SkippedSlots = 5000;
    public const int FinalizedAfter = 32;

    private readonly ConcurrentDictionary<string, (long Slot, string? Err)> _landed = new();
    private readonly ConcurrentDictionary<string, ConcurrentQueue<byte[]>> _sent = new();
    private readonly Lock _gate = new();
    private readonly List<(Func<bool> Holds, TaskCompletionSource Held)> _waiters = [];
    private long _slot = 10_000;

    private FakeChain(RpcServer server) => Server = server;

    public RpcServer Server { get; }

    public long Slot => Interlocked.Read(ref _slot);

    public long Height => Slot - SkippedSlots;

    /// <summary>What happens to a transaction that is sent; by default it is lost.</summary>
    public Action<string> OnSend { get; set; } = static _ => { };

    /// <summary>Slots by which status look-ups lag behind everything else that the node says.</summary>
    public long StatusLag { get; set; }

    /// <summary>The first slot whose block is still held.</summary>
    public long FirstBlock { get; set; } = SkippedSlots + 1;

    /// <summary>A block that is missing in the middle of the ledger.</summary>
    public long? MissingBlock { get; set; }

    public bool KeepsHistory { get; set; } = true;

    public string Genesis { get; set; } = "GH7ome3EiwEr7tu9JuTh2dpYWBJK3z69Xm1ZE3MEE6JC";

    public static async Task<FakeChain> Start()
    {
        var chain = new FakeChain(await RpcServer.Start());
        chain.Server
            .On("getGenesisHash", _ => chain.Genesis)
            .On("getSlot", _ => chain.Slot)
            .On("getLatestBlockhash", _ => chain.LatestBlockhash())
            .On("getEpochInfo", _ => chain.EpochInfo())
            .On("sendTransaction", parameters => chain.Take((string)parameters[0]!))
            .On("getSignatureStatuses", chain.Statuses)
            .On("getBlocks", parameters => chain.Blocks((long)parameters[0]!, (long)parameters[1]!))
            .On("getBlock", parameters => new JsonObject { ["blockHeight"] = (long)parameters[0]! - SkippedSlots });
        return chain;
    }

    public void Pass(long slots)
    {
        Interlocked.Add(ref _slot, slots);
        Notify();
    }

    public void Land(string signature, string? err = null)
    {
        _landed.TryAdd(signature, (Slot, err));
        Notify();
    }

    public void Drop(Signature signature) => _landed.TryRemove(signature.ToString(), out _);

    /// <summary>Every time the transaction was sent, with the bytes.</summary>
    public IReadOnlyCollection<byte[]> SendsOf(SignedTransaction transaction) =>
        _sent.TryGetValue(transaction.Signature.ToString(), out var sends) ? sends : [];

    /// <summary>Completes once the condition holds; looked at whenever the node has been asked something.</summary>
    public async Task Until(Func<bool> holds)
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiters.Add((holds, held));
        }

        Notify();
        await held.Task.WaitAsync(TimeSpan.FromSeconds(60));
    }

    /// <summary>Completes after so many further look-ups with history.</summary>
    public Task UntilHistoryLookUps(int further)
    {
        var enough = HistoryLookUps + further;
        return Until(() => HistoryLookUps >= enough);
    }

    /// <summary>Completes after the sender has gone round so many times more.</summary>
    public Task UntilPolls(int further)
    {
        var enough = Server.CallsOf("getEpochInfo").Count + further;
        return Until(() => Server.CallsOf("getEpochInfo").Count >= enough);
    }

    public int HistoryLookUps => Server.CallsOf("getSignatureStatuses").Count(call => call.Params.Count > 1);

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private static JsonObject WithSlot(long slot, JsonNode? value) =>
        new() { ["context"] = new JsonObject { ["slot"] = slot }, ["value"] = value };

    private JsonObject LatestBlockhash()
    {
        Notify();
        return WithSlot(Slot, new JsonObject { ["blockhash"] = Genesis, ["lastValidBlockHeight"] = Height + 150 });
    }

    private JsonObject EpochInfo()
    {
        Notify();
        var finalized = Slot - FinalizedAfter;
        return new JsonObject
        {
            ["absoluteSlot"] = finalized,
            ["blockHeight"] = finalized - SkippedSlots,
            ["epoch"] = 0,
            ["slotIndex"] = finalized,
            ["slotsInEpoch"] = 432_000,
        };
    }

    private string Take(string base64)
    {
        var bytes = Convert.FromBase64String(base64);
        var signature = Transaction.SignatureAt(bytes, 0).ToString();
        try
        {
            OnSend(signature);
        }
        finally
        {
            // Whoever waits for a send must find what came of it.
            _sent.GetOrAdd(signature, _ => new ConcurrentQueue<byte[]>()).Enqueue(bytes);
        }

        Notify();
        return signature;
    }

    private JsonObject Statuses(JsonArray parameters)
    {
        if (parameters.Count > 1 && !KeepsHistory)
        {
            Notify();
            throw new RpcFault(-32011, "Transaction history is not available from this node");
        }

        var slot = Slot - StatusLag;
        var statuses = parameters[0]!.AsArray().Select(signature => StatusOf((string)signature!, slot));
        var reply = WithSlot(slot, new JsonArray([.. statuses]));
        Notify();
        return reply;
    }

    private JsonObject? StatusOf(string signature, long slot)
    {
        if (!_landed.TryGetValue(signature, out var landed) || landed.Slot > slot)
        {
            return null;
        }

        var depth = slot - landed.Slot;
        return new JsonObject
        {
            ["slot"] = landed.Slot,
            ["confirmations"] = depth >= FinalizedAfter ? null : depth,
            ["err"] = landed.Err is null ? null : JsonNode.Parse(landed.Err),
            ["confirmationStatus"] = depth >= FinalizedAfter ? "finalized" : depth >= 1 ? "confirmed" : "processed",
        };
    }

    private JsonArray Blocks(long first, long last)
    {
        Notify();
        var slots = new JsonArray();
        for (var slot = Math.Max(first, FirstBlock); slot <= last; slot++)
        {
            if (slot != MissingBlock)
            {
                slots.Add(slot);
            }
        }

        return slots;
    }

    private void Notify()
    {
        List<TaskCompletionSource> held;
        lock (_gate)
        {
            held = [.. _waiters.Where(waiter => waiter.Holds()).Select(waiter => waiter.Held)];
            _waiters.RemoveAll(waiter => held.Contains(waiter.Held));
        }

        held.ForEach(one => one.TrySetResult());
    }
}
