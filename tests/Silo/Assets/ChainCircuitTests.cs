using Cluster.Silo.Grains.Assets;
using Cluster.Silo.Hosting;
using Cluster.Solana;
using Cluster.Tests.Support;
using Microsoft.Extensions.Options;
using Xunit;

namespace Cluster.Tests.Silo.Assets;

public sealed class ChainCircuitTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RefuseFor = TimeSpan.FromSeconds(1);

    private readonly FakeTimeProvider _clock = new();
    private readonly List<TaskCompletionSource<AtSlot<IReadOnlyList<AccountInfo?>>>> _asked = [];
    private readonly ChainCircuit _circuit;
    private readonly ChainReader _reader;

    public ChainCircuitTests()
    {
        var options = Options.Create(new ChainReaderOptions { Deadline = Deadline, RefuseFor = RefuseFor });
        _circuit = new ChainCircuit(options, _clock);
        _reader = new ChainReader(
            ChainReaderTests.RpcStub.Make((_, _) =>
            {
                _asked.Add(new(TaskCreationOptions.RunContinuationsAsynchronously));
                return _asked[^1].Task;
            }),
            _circuit,
            options,
            _clock);
    }

    [Fact]
    public async Task Turns_that_queue_while_the_chain_is_silent_wait_once_and_not_one_after_the_other()
    {
        await Silence();

        for (var turn = 0; turn < 100; turn++)
        {
            await RequireRefused();
        }

        Assert.Single(_asked);
    }

    [Fact]
    public async Task After_a_while_one_turn_finds_out_and_the_others_do_not_wait_for_it()
    {
        await Silence();
        _clock.Advance(RefuseFor);

        var probe = Read();
        await RequireRefused();
        Assert.Equal(2, _asked.Count);

        Answer(1);
        Assert.Equal(7UL, await probe);
        Assert.Equal(7UL, await ReadAnswered());
    }

    [Fact]
    public async Task A_turn_that_finds_the_chain_still_silent_closes_it_for_another_while()
    {
        await Silence();
        _clock.Advance(RefuseFor);

        await Silence();

        _clock.Advance(RefuseFor - TimeSpan.FromTicks(1));
        await RequireRefused();
        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(7UL, await ReadAnswered());
    }

    [Fact]
    public async Task An_answer_that_came_too_late_for_who_asked_lets_the_next_ones_through()
    {
        await Silence();

        Answer(0);
        await _asked[0].Task;
        await Eventually(() => _circuit.Guard(() => Task.FromResult(1)));

        Assert.Equal(7UL, await ReadAnswered());
    }

    [Fact]
    public async Task A_turn_that_fails_for_another_reason_while_it_finds_out_does_not_close_the_chain_for_ever()
    {
        await Silence();
        _clock.Advance(RefuseFor);

        await Assert.ThrowsAsync<InvalidOperationException>(() => _circuit.Guard<int>(() => throw new InvalidOperationException("a defect")));

        Assert.Equal(7UL, await ReadAnswered());
    }

    private Task<ulong> Read() => _circuit.Guard(async () => (await _reader.ReadAccounts([default], CancellationToken.None)).Slot);

    private async Task<ulong> ReadAnswered()
    {
        var read = Read();
        Answer(_asked.Count - 1);
        return await read;
    }

    private void Answer(int request) => _asked[request].SetResult(new AtSlot<IReadOnlyList<AccountInfo?>>(7, [null]));

    private async Task Silence()
    {
        var read = Read();
        _clock.Advance(Deadline);
        var error = await Assert.ThrowsAsync<ClusterException>(() => read);
        Assert.Equal("The chain did not answer within 500 ms; nothing was changed, try again.", error.Message);
    }

    private async Task RequireRefused()
    {
        var asked = _asked.Count;
        var error = await Assert.ThrowsAsync<ClusterException>(Read);
        Assert.Equal(StatusCode.Unavailable, error.Status);
        Assert.StartsWith("The chain has not answered lately", error.Message, StringComparison.Ordinal);
        Assert.Equal(asked, _asked.Count);
    }

    /// <summary>The reader's continuation of an answer runs on another thread.</summary>
    private static async Task Eventually(Func<Task> succeeds)
    {
        while (true)
        {
            try
            {
                await succeeds();
                return;
            }
            catch (ClusterException)
            {
                await Task.Yield();
            }
        }
    }
}
