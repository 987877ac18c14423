using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Cluster.Solana;

/// <summary>
/// The sender: takes committed transactions in and works on each until its fate is certain. Resending, status polls,
/// blockhashes and the watch over the endpoints run as tasks of their own between <see cref="StartAsync"/> and
/// <see cref="StopAsync"/>.
/// </summary>
public sealed class TransactionSender : ITransactionSender, IHostedService, IAsyncDisposable
{
    private readonly SolanaOptions _options;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stopping = new();
    private readonly SemaphoreSlim _places;
    private readonly SendQueue _queue = new();
    private readonly RpcPool _pool;
    private readonly Supervisor _supervisor;
    private readonly EndpointMonitor _monitor;
    private readonly BlockhashCache _blockhashes;
    private readonly PriorityFees _fees;
    private readonly InFlight _inFlight;
    private readonly OutcomeDispatch _dispatch;
    private readonly StatusPoll _poll;
    private readonly SendPump _pump;
    private readonly SenderMetrics _metrics;
    private Task _running = Task.CompletedTask;
    private int _disposed;

    /// <summary>Makes a sender; nothing is sent before it is started.</summary>
    /// <exception cref="OptionsValidationException">A setting is out of its range.</exception>
    public TransactionSender(IOptions<SolanaOptions> options, TimeProvider time, ILogger<TransactionSender> logger, IMeterFactory? meters = null)
        : this(SolanaEndpoints.CreatePool(SolanaOptionsValidator.Checked(options.Value), time), options.Value, time, logger, meters)
    {
    }

    internal TransactionSender(RpcPool pool, SolanaOptions options, TimeProvider time, ILogger logger, IMeterFactory? meters = null)
    {
        (_pool, _options, _logger) = (pool, options, logger);
        _places = new SemaphoreSlim(options.MaxInFlight);
        _supervisor = new Supervisor(time, logger);
        Rpc = new FailoverRpc(pool, options.RequestTimeout * 2, time);
        _monitor = new EndpointMonitor(pool, options, time, logger);
        _blockhashes = new BlockhashCache(Rpc, options, time, logger);
        _fees = new PriorityFees(Rpc, options, time, logger);
        _inFlight = new InFlight(
            new Cadence(options),
            new SenderClock(time),
            sink => new OutcomeDelivery(sink, OnDelivered, options.SinkTimeout, time, logger, _stopping.Token));
        _dispatch = new OutcomeDispatch(_inFlight, Rpc, _supervisor, _stopping.Token);
        _poll = new StatusPoll(_inFlight, pool, _queue, _dispatch, _blockhashes, options, _supervisor, time, logger);
        _metrics = new SenderMetrics(meters, () => _inFlight.Count, () => _blockhashes.Age, pool.Nodes);
        _pump = new SendPump(_inFlight, pool, _queue, options, _metrics, _supervisor, logger);
    }

    /// <summary>How many transactions are in flight.</summary>
    public int InFlight => _inFlight.Count;

    /// <summary>The same endpoints, for questions: asks whichever is fit.</summary>
    public ISolanaRpc Rpc { get; }

    /// <summary>Checks the endpoints and starts to work.</summary>
    /// <exception cref="InvalidOperationException">An endpoint serves another network, or none could be reached.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _monitor.VerifyAtStart(cancellationToken);
        var stop = _stopping.Token;
        _running = Task.WhenAll(
            _pump.Run(stop),
            _supervisor.KeepRunning(_poll.Run, stop),
            _supervisor.KeepRunning(_blockhashes.Run, stop),
            _supervisor.KeepRunning(_monitor.Run, stop));
        SenderLog.Started(_logger, _options.Network, string.Join(", ", _pool.Nodes));
    }

    /// <summary>
    /// Stops to work. What is in flight stays committed with its owners, who submit it again after the next start.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await _running.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask<RecentBlockhash> GetRecentBlockhash(CancellationToken ct) => _blockhashes.Get(ct);

    /// <inheritdoc/>
    public ValueTask<ulong> GetPriorityFee(ReadOnlyMemory<PublicKey> writable, CancellationToken ct) => _fees.Get(writable, ct);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Bytes are not a transaction of the signature they come with.</exception>
    public async ValueTask Submit(
        IReadOnlyList<SignedTransaction> transactions, IOutcomeSink sink, SubmitOptions options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(transactions);
        ArgumentNullException.ThrowIfNull(sink);
        ArgumentNullException.ThrowIfNull(options);
        foreach (var transaction in transactions)
        {
            transaction.ThrowIfNotConsistent(nameof(transactions));
        }

        foreach (var transaction in transactions)
        {
            await TakeIn(transaction, sink, options, ct);
        }
    }

    /// <summary>Stops, and closes the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await StopAsync(CancellationToken.None);
        _poll.Dispose();
        _dispatch.Dispose();
        _blockhashes.Dispose();
        _metrics.Dispose();
        _pool.Dispose();
        _places.Dispose();
        _stopping.Dispose();
    }

    private async ValueTask TakeIn(SignedTransaction transaction, IOutcomeSink sink, SubmitOptions options, CancellationToken ct)
    {
        if (_inFlight.TryRebind(transaction.Signature, sink))
        {
            return;
        }

        await _places.WaitAsync(ct);
        if (!_inFlight.TryAdd(transaction, sink, options, out var added))
        {
            _places.Release();
            return;
        }

        _metrics.Submitted();
        if (added.Sending)
        {
            _queue.Enqueue(added);
        }
    }

    private void OnDelivered(
        OutcomeDelivery delivery, IReadOnlyList<(TrackedTransaction Transaction, TransactionOutcome Outcome)> taken)
    {
        _metrics.Delivered(taken);
        var forgotten = _inFlight.Forget(delivery, taken);
        if (forgotten > 0)
        {
            _places.Release(forgotten);
        }
    }
}
