using System.Runtime.CompilerServices;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Tests.Silo.Hosting.Contract;

namespace Cluster.Tests.Silo.Hosting;

/// <summary>Answers the rpcs that have no key.</summary>
public sealed class ProbeQueries(Database database, IGrains grains)
{
    private int _uploads;

    public async Task<ListTotalsReply> ListTotals(ListTotalsRequest request, Call call)
    {
        var rows = await database.Query(
            "select probe_id, total from probes where starts_with(probe_id, $1) order by probe_id",
            [Sql.Text(request.Prefix)],
            row => new Total { ProbeId = row.GetString(0), Total_ = row.GetInt64(1) },
            call.Cancellation);
        return new ListTotalsReply { Totals = { rows } };
    }

    public IAsyncEnumerable<Total> WatchTotal(WatchTotalRequest request, Call call) => Watch(request, call, call.Cancellation);

    public async Task<Total> UploadAmounts(IAsyncEnumerable<UploadAmountsRequest> requests, Call call)
    {
        var uploads = Interlocked.Increment(ref _uploads);
        var total = new Total { ProbeId = $"upload {uploads}" };
        await foreach (var request in requests)
        {
            total.Total_ += request.Amount;
        }

        return total;
    }

    private async IAsyncEnumerable<Total> Watch(WatchTotalRequest request, Call call, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        for (var time = 0; time < request.Times; time++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return await grains.Call<Total>(new GetTotalRequest { ProbeId = request.ProbeId }, call);
        }

        throw new ClusterException(StatusCode.OutOfRange, "no more totals");
    }
}
