using Cluster.Bench.Grains.Contract;
using Cluster.Silo.Hosting;

namespace Cluster.Bench.Grains;

/// <summary>Counts without any protection of its own: two turns at once would lose counts.</summary>
internal sealed class CounterGrain : Grain
{
    private long _count;

    public Task<Count> CountUp(CountUpRequest request, Call call) => Task.FromResult(new Count { Count_ = ++_count });

    public async Task<Count> CountUpSlowly(CountUpSlowlyRequest request, Call call)
    {
        var seen = _count;
        await Task.Yield();
        return new Count { Count_ = _count = seen + 1 };
    }

    public Task<Count> GetCount(GetCountRequest request, Call call) => Task.FromResult(new Count { Count_ = _count });
}
