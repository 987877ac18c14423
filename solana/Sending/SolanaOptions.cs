namespace Cluster.Solana;

/// <summary>How the process talks to Solana. Validated at start.</summary>
public sealed class SolanaOptions
{
    /// <summary>The ledger that every endpoint must serve. Default <see cref="SolanaNetwork.Localnet"/>.</summary>
    public SolanaNetwork Network { get; set; }

    /// <summary>
    /// The nodes, the preferred one first; the others take over while it fails. At least one. Each must be one node, or a
    /// pool of nodes that all keep the transaction history of the last hours: expiry is proved by it.
    /// </summary>
    public IList<SolanaEndpointOptions> Endpoints { get; } = [];

    /// <summary>How long one request may take. 100 ms to 2 min, default 10 s.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the start waits for an endpoint of the right network. 1 s to 10 min, default 30 s.</summary>
    public TimeSpan StartTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many transactions may be in flight, from submission to the sink's taking the final outcome; beyond it,
    /// submitting waits. 1 to 1,000,000, default 32,768 (about 60 MB).
    /// </summary>
    public int MaxInFlight { get; set; } = 32_768;

    /// <summary>How many send requests may be under way at once. 1 to 1,024, default 64.</summary>
    public int MaxConcurrentSends { get; set; } = 64;

    /// <summary>How many status requests may be under way at once. 1 to 256, default 8.</summary>
    public int MaxConcurrentLookUps { get; set; } = 8;

    /// <summary>After how long an unconfirmed transaction is sent again, ± 10 %. 100 ms to 30 s, default 2 s.</summary>
    public TimeSpan ResendInterval { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>The network's time from slot to slot, the cadence of status polls. 10 ms to 5 s, default 400 ms.</summary>
    public TimeSpan SlotDuration { get; set; } = TimeSpan.FromMilliseconds(400);

    /// <summary>
    /// How often the blockhash is refreshed while it is in demand; at least twice within its greatest age. 100 ms to 10 s,
    /// default 1 s.
    /// </summary>
    public TimeSpan BlockhashRefresh { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>
    /// How old a cached blockhash may be to be given out without asking, and in any case no older than 40 slots. 1 s to
    /// 30 s, default 10 s.
    /// </summary>
    public TimeSpan BlockhashMaxAge { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The least offered, in micro-lamports a compute unit. Default 0.</summary>
    public ulong PriorityFeeFloor { get; set; }

    /// <summary>
    /// The most offered, in micro-lamports a compute unit; at least the floor. Default 1,000,000, which is 0.0002 SOL for
    /// 200,000 units.
    /// </summary>
    public ulong PriorityFeeCap { get; set; } = 1_000_000;

    /// <summary>Which percentile of the recent fees is offered. 0 to 100, default 75.</summary>
    public int PriorityFeePercentile { get; set; } = 75;

    /// <summary>How long a sink may take with a batch of outcomes. 1 s to 10 min, default 30 s.</summary>
    public TimeSpan SinkTimeout { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>One node.</summary>
public sealed class SolanaEndpointOptions
{
    /// <summary>Absolute http or https URL. Secret where it holds an API key: only its host is ever shown.</summary>
    public Uri? Url { get; set; }

    /// <summary>The most requests a second, sends included; 0 (default) is without a limit.</summary>
    public double RequestsPerSecond { get; set; }

    /// <summary>The most transactions sent a second; 0 (default) is without a limit.</summary>
    public double SendsPerSecond { get; set; }

    /// <summary>
    /// How many transactions go into one JSON-RPC batch when more wait than can be sent at once. 1 sends each alone. 1 to
    /// 24 (nodes take bodies of 50 KiB), default 16. An endpoint that refuses batches gets none from then on.
    /// </summary>
    public int SendBatchSize { get; set; } = 16;

    /// <summary>Connections held open to it. 1 to 4,096, default 128.</summary>
    public int MaxConnections { get; set; } = 128;

    /// <summary>The host, never the URL.</summary>
    public override string ToString() => Url is { IsAbsoluteUri: true } url ? $"{url.Host}:{url.Port}" : "(no URL)";
}
