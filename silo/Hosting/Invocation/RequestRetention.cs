using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Cluster.Silo.Hosting.Invocation;

/// <summary>How long answers are kept; validated at start. Configuration section <c>Cluster:Requests</c>.</summary>
public sealed class RequestRetentionOptions
{
    /// <summary>
    /// For how long the same <c>request_id</c> gives the same answer again; after it a client must not retry any more.
    /// 1 to 3,650 days; 30 days by default.
    /// </summary>
    [Range(typeof(TimeSpan), "1.00:00:00", "3650.00:00:00")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(30);
}

/// <summary>Removes recorded answers that are older than any retry may be, a portion at a time.</summary>
internal sealed class RequestRetention(
    IRequestStore store,
    IOptions<RequestRetentionOptions> options,
    TimeProvider time,
    ILogger<RequestRetention> logger) : BackgroundService
{
    private const int Portion = 5_000;
    private static readonly TimeSpan Period = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        do
        {
            await Forget(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task Forget(CancellationToken cancellationToken)
    {
        var (total, removed) = (0, 0);
        try
        {
            do
            {
                removed = await store.Forget(time.GetUtcNow() - options.Value.KeepFor, Portion, cancellationToken);
                total += removed;
            }
            while (removed == Portion);
        }
        catch (NpgsqlException error)
        {
            HostLog.ForgettingFailed(logger, Period, error);
        }

        if (total > 0)
        {
            HostLog.AnswersForgotten(logger, total, options.Value.KeepFor);
        }
    }
}
