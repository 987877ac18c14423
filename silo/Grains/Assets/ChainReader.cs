using Cluster.Silo.Hosting;
using Cluster.Solana;
using Microsoft.Extensions.Options;

namespace Cluster.Silo.Grains.Assets;

/// <summary>
/// Reads accounts at commitment "confirmed" for turns: with a deadline of milliseconds, and with reads of many grains
/// in one <c>getMultipleAccounts</c>. A read that finds a free request goes out at once; those that arrive while all
/// requests are under way share the next one.
/// </summary>
/// <param name="rpc">The chain.</param>
/// <param name="circuit">Is told whether the chain answers.</param>
/// <param name="options">Limits.</param>
/// <param name="time">Measures deadlines.</param>
public sealed class ChainReader(ISolanaRpc rpc, ChainCircuit circuit, IOptions<ChainReaderOptions> options, TimeProvider time)
{
    /// <summary>Accounts in one read: as many as <c>getMultipleAccounts</c> takes, so that one slot answers for all.</summary>
    public const int MaxAccounts = 100;

    /// <summary>
    /// Deadlines after which a request that hangs gives its place up: its readers have long gone, but even a late answer tells
    /// that the chain is back.
    /// </summary>
    private const int LongestRequest = 4;

    private readonly ChainReaderOptions _options = options.Value;
    private readonly Lock _gate = new();
    private readonly Queue<Read> _waiting = [];
    private int _requests;

    /// <summary>Reads accounts, all of the same slot.</summary>
    /// <param name="accounts">1 to <see cref="MaxAccounts"/>.</param>
    /// <param name="cancellationToken">Gives up; the deadline of <see cref="ChainReaderOptions"/> holds all the same.</param>
    /// <param name="since">The slot that the answer must not be older than: a node that lags behind it has no say.</param>
    /// <returns>In the order asked for; null where an account does not exist.</returns>
    /// <exception cref="ClusterException">
    /// <see cref="StatusCode.Unavailable"/>: no answer in time; <see cref="StatusCode.ResourceExhausted"/>: too many wait.
    /// </exception>
    public async Task<AtSlot<IReadOnlyList<AccountInfo?>>> ReadAccounts(
        IReadOnlyList<PublicKey> accounts, CancellationToken cancellationToken, ulong since = 0)
    {
        ArgumentOutOfRangeException.ThrowIfZero(accounts.Count, nameof(accounts));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(accounts.Count, MaxAccounts, nameof(accounts));
        var read = new Read(accounts, since);
        Enqueue(read);
        return await WithinDeadline(read.Answer.Task, cancellationToken);
    }

    /// <summary>Asks something else of the chain under the same deadline.</summary>
    /// <typeparam name="T">The answer's type.</typeparam>
    /// <param name="question">What is asked; it gets a token that ends with the deadline.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.Unavailable"/>: no answer in time.</exception>
    public async Task<T> Ask<T>(Func<ISolanaRpc, CancellationToken, Task<T>> question, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_options.Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            var answer = await WithinDeadline(question(rpc, either.Token), cancellationToken);
            circuit.OnAnswer();
            return answer;
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw TooLate();
        }
    }

    private async Task<T> WithinDeadline<T>(Task<T> answer, CancellationToken cancellationToken)
    {
        try
        {
            return await answer.WaitAsync(_options.Deadline, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw TooLate();
        }
        catch (RpcException error)
        {
            throw new ClusterException(
                StatusCode.Unavailable, $"The chain could not be read ({error.Message}); nothing was changed, try again.", error);
        }
    }

    private ClusterException TooLate()
    {
        circuit.OnSilence();
        return new ClusterException(
            StatusCode.Unavailable,
            $"The chain did not answer within {_options.Deadline.TotalMilliseconds:0} ms; nothing was changed, try again.");
    }

    private void Enqueue(Read read)
    {
        lock (_gate)
        {
            if (_waiting.Count >= _options.MaxWaitingReads)
            {
                throw new ClusterException(
                    StatusCode.ResourceExhausted, $"{_waiting.Count} reads of the chain are waiting already; try again later.");
            }

            _waiting.Enqueue(read);
            if (_requests == _options.MaxConcurrentRequests)
            {
                return;
            }

            _requests++;
        }

        _ = SendWhileAnyWait();
    }

    /// <summary>Never throws: what goes wrong goes to those who wait for the answer.</summary>
    private async Task SendWhileAnyWait()
    {
        while (TakeTogether() is { Count: > 0 } reads)
        {
            await Send(reads);
        }
    }

    private async Task Send(List<Read> reads)
    {
        using var hanging = new CancellationTokenSource(_options.Deadline * LongestRequest, time);
        try
        {
            var places = new Dictionary<PublicKey, int>();
            foreach (var account in reads.SelectMany(read => read.Accounts))
            {
                places.TryAdd(account, places.Count);
            }

            var query = RpcQuery.Confirmed with { MinContextSlot = reads[0].Since > 0 ? reads[0].Since : null };
            var answer = await rpc.GetMultipleAccounts([.. places.Keys], query, slice: null, hanging.Token);
            circuit.OnAnswer();
            foreach (var read in reads)
            {
                read.Answer.TrySetResult(new(answer.Slot, [.. read.Accounts.Select(account => answer.Value[places[account]])]));
            }
        }
#pragma warning disable CA1031 // Whatever went wrong belongs to the readers, who wait for it.
        catch (Exception error)
#pragma warning restore CA1031
        {
            foreach (var read in reads)
            {
                read.Answer.TrySetException(error);
            }
        }
    }

    /// <summary>
    /// As many waiting reads as fit one request, all of the same demand on the node; gives the request up where none waits.
    /// </summary>
    private List<Read> TakeTogether()
    {
        lock (_gate)
        {
            var reads = new List<Read>();
            var accounts = 0;
            while (_waiting.TryPeek(out var next) && accounts + next.Accounts.Count <= MaxAccounts
                && (reads.Count == 0 || reads[0].Since == next.Since))
            {
                accounts += next.Accounts.Count;
                reads.Add(_waiting.Dequeue());
            }

            if (reads.Count == 0)
            {
                _requests--;
            }

            return reads;
        }
    }

    private sealed class Read(IReadOnlyList<PublicKey> accounts, ulong since)
    {
        public IReadOnlyList<PublicKey> Accounts { get; } = accounts;

        public ulong Since { get; } = since;

        public TaskCompletionSource<AtSlot<IReadOnlyList<AccountInfo?>>> Answer { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
