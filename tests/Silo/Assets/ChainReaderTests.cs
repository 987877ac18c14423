using System.Reflection;
using Cluster.Silo.Grains.Assets;
using Cluster.Silo.Hosting;
using Cluster.Solana;
using Cluster.Tests.Support;
using Microsoft.Extensions.Options;
using Xunit;

namespace Cluster.Tests.Silo.Assets;

public sealed class ChainReaderTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly List<(IReadOnlyList<PublicKey> Accounts, TaskCompletionSource<AtSlot<IReadOnlyList<AccountInfo?>>> Answer)> _asked = [];

    [Fact]
    public async Task Reads_that_come_while_all_requests_are_under_way_share_the_next_one()
    {
        var reader = Reader(requests: 1);
        var first = reader.ReadAccounts([Key(1)], CancellationToken.None);
        var waiting = Enumerable.Range(2, 30).Select(n => reader.ReadAccounts([Key(n), Key(1)], CancellationToken.None)).ToArray();
        Assert.Single(_asked);

        Answer(0);
        await first;
        Answer(1);
        var answers = await Task.WhenAll(waiting);

        Assert.Equal(31, _asked[1].Accounts.Count);
        Assert.All(answers.Select((answer, i) => (answer, i)), pair =>
            Assert.Equal((Lamports(pair.i + 2), Lamports(1)), (pair.answer.Value[0]!.Lamports, pair.answer.Value[1]!.Lamports)));
    }

    [Fact]
    public async Task No_request_holds_more_than_a_hundred_accounts()
    {
        var reader = Reader(requests: 1);
        var first = reader.ReadAccounts([Key(1)], CancellationToken.None);
        var waiting = Enumerable.Range(0, 5).Select(n => reader.ReadAccounts([.. Enumerable.Range(n * 40, 40).Select(Key)], CancellationToken.None)).ToArray();

        for (var i = 0; i < 4; i++)
        {
            Answer(i);
            await Task.WhenAny(first, Task.WhenAll(waiting));
            await WaitForRequest(Math.Min(i + 2, 4));
        }

        await Task.WhenAll(waiting);
        Assert.Equal([1, 80, 80, 40], _asked.Select(request => request.Accounts.Count));
    }

    [Fact]
    public async Task An_answer_that_does_not_come_in_time_is_unavailable()
    {
        var read = Reader().ReadAccounts([Key(1)], CancellationToken.None);

        _clock.Advance(TimeSpan.FromMilliseconds(500));

        var error = await Assert.ThrowsAsync<ClusterException>(() => read);
        Assert.Equal((StatusCode.Unavailable, "The chain did not answer within 500 ms; nothing was changed, try again."), (error.Status, error.Message));
    }

    [Fact]
    public async Task A_request_that_hangs_gives_its_place_up()
    {
        var reader = Reader(requests: 1);
        var first = reader.ReadAccounts([Key(1)], CancellationToken.None);
        _clock.Advance(TimeSpan.FromMilliseconds(500));
        await Assert.ThrowsAsync<ClusterException>(() => first);

        _clock.Advance(TimeSpan.FromMilliseconds(1_400));
        var second = reader.ReadAccounts([Key(2)], CancellationToken.None);
        Assert.Single(_asked);
        _clock.Advance(TimeSpan.FromMilliseconds(100));
        await WaitForRequest(2);
        Answer(1);

        Assert.Equal(Lamports(2), (await second).Value[0]!.Lamports);
    }

    [Fact]
    public async Task More_reads_than_may_wait_are_refused()
    {
        var reader = Reader(requests: 1, waiting: 2);
        var reads = Enumerable.Range(1, 3).Select(n => reader.ReadAccounts([Key(n)], CancellationToken.None)).ToArray();

        var error = await Assert.ThrowsAsync<ClusterException>(() => reader.ReadAccounts([Key(4)], CancellationToken.None));

        Assert.Equal(StatusCode.ResourceExhausted, error.Status);
        Assert.All(reads, read => Assert.False(read.IsCompleted));
    }

    [Fact]
    public async Task A_failed_request_fails_its_own_readers_alone()
    {
        var reader = Reader(requests: 1);
        var first = reader.ReadAccounts([Key(1)], CancellationToken.None);
        var second = reader.ReadAccounts([Key(2)], CancellationToken.None);

        _asked[0].Answer.SetException(new InvalidOperationException("broken"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => first);
        await WaitForRequest(2);
        Answer(1);

        Assert.Equal(Lamports(2), (await second).Value[0]!.Lamports);
    }

    private static PublicKey Key(int number)
    {
        var bytes = new byte[PublicKey.Size];
        BitConverter.TryWriteBytes(bytes, number);
        return PublicKey.FromBytes(bytes);
    }

    private static ulong Lamports(int number) => (ulong)number * 1_000;

    private ChainReader Reader(int requests = 8, int waiting = 100)
    {
        var options = Options.Create(new ChainReaderOptions { MaxConcurrentRequests = requests, MaxWaitingReads = waiting });
        return new ChainReader(Chain(), new ChainCircuit(options, _clock), options, _clock);
    }

    private ISolanaRpc Chain() => RpcStub.Make((accounts, cancellationToken) =>
    {
        var answer = new TaskCompletionSource<AtSlot<IReadOnlyList<AccountInfo?>>>(TaskCreationOptions.RunContinuationsAsynchronously);
        cancellationToken.Register(() => answer.TrySetCanceled(cancellationToken));
        lock (_asked)
        {
            _asked.Add((accounts, answer));
        }

        return answer.Task;
    });

    private void Answer(int request) => _asked[request].Answer.SetResult(new AtSlot<IReadOnlyList<AccountInfo?>>(
        7, [.. _asked[request].Accounts.Select(key => new AccountInfo(Lamports(BitConverter.ToInt32(key.AsSpan())), default, default, false))]));

    private async Task WaitForRequest(int count)
    {
        while (true)
        {
            lock (_asked)
            {
                if (_asked.Count >= count)
                {
                    return;
                }
            }

            await Task.Yield();
        }
    }

    /// <summary>Answers <c>getMultipleAccounts</c> and nothing else.</summary>
    public class RpcStub : DispatchProxy
    {
        private Func<IReadOnlyList<PublicKey>, CancellationToken, Task<AtSlot<IReadOnlyList<AccountInfo?>>>> _answer = null!;

        public static ISolanaRpc Make(Func<IReadOnlyList<PublicKey>, CancellationToken, Task<AtSlot<IReadOnlyList<AccountInfo?>>>> answer)
        {
            var stub = Create<ISolanaRpc, RpcStub>();
            ((RpcStub)(object)stub)._answer = answer;
            return stub;
        }

        protected override object Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == nameof(ISolanaRpc.GetMultipleAccounts)
                ? _answer((IReadOnlyList<PublicKey>)args![0]!, (CancellationToken)args[3]!)
                : throw new NotSupportedException(targetMethod.Name);
    }
}
