using Cluster.Silo.Storage.Audit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Cluster.Silo.Audit;

/// <summary>
/// Seals what is committed, every second. Runs in every silo; one of them seals at a time. Remembers what it has seen
/// sealed: where that is gone, the newest rows were cut off while it ran.
/// </summary>
internal sealed class AuditSealer(SealStore seals, TimeProvider time, ILogger<AuditSealer> logger) : BackgroundService
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    /// <summary>How often the log of the process gets an anchor, which is then kept wherever logs are kept.</summary>
    private static readonly TimeSpan AnchorPeriod = TimeSpan.FromHours(1);

    private AuditSeal? _seen;
    private long _anchored = long.MinValue;

    /// <summary>Seals all that can be sealed now.</summary>
    /// <param name="cancellationToken">Gives up; what is sealed stays sealed.</param>
    public async Task Seal(CancellationToken cancellationToken)
    {
        await Compare(cancellationToken);
        while (await seals.SealNext(cancellationToken) is { } made)
        {
            _seen = made;
        }

        if (_seen is { } newest && (_anchored == long.MinValue || time.GetElapsedTime(_anchored) >= AnchorPeriod))
        {
            _anchored = time.GetTimestamp();
            AuditLog.Anchored(logger, AuditAnchor.Of(newest));
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        if (_seen is { } newest)
        {
            AuditLog.Anchored(logger, AuditAnchor.Of(newest));
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Period, time);
        var failing = false;
        do
        {
            try
            {
                await Seal(stoppingToken);
                failing = false;
            }
            catch (Exception error) when (error is NpgsqlException or TimeoutException)
            {
                // One line when it begins: the database says the rest, and rows wait for their seal.
                if (!failing)
                {
                    AuditLog.NotSealed(logger, Period, error);
                }

                failing = true;
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task Compare(CancellationToken cancellationToken)
    {
        var newest = await seals.Newest(cancellationToken);
        if (_seen is { } seen && (newest is null || newest.Number < seen.Number
            || (newest.Number == seen.Number && !newest.Head.Span.SequenceEqual(seen.Head.Span))))
        {
            AuditLog.CutOff(logger, AuditAnchor.Of(seen), newest is null ? "nothing" : AuditAnchor.Of(newest).ToString());
        }

        _seen = newest;
    }
}
