using System.Diagnostics.CodeAnalysis;

namespace Cluster.Gateway.Health;

/// <summary>
/// Whether the process can serve. A report is used for a second, so that whoever asks often, with or without need, costs
/// the database nothing.
/// </summary>
internal sealed partial class Readiness(IEnumerable<IReadinessCheck> checks, TimeProvider time, ILogger<Readiness> log) : IDisposable
{
    /// <summary>How long one part may take to answer.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>How long a report is used.</summary>
    public static readonly TimeSpan Freshness = TimeSpan.FromSeconds(1);

    private readonly IReadinessCheck[] _checks = [.. checks];
    private readonly SemaphoreSlim _asking = new(1, 1);
    private HealthReport? _report;
    private long _reportedAt;

    /// <summary>The report of now, or of less than a second ago.</summary>
    public async Task<HealthReport> Report(CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken);
        try
        {
            if (_report is null || time.GetElapsedTime(_reportedAt) >= Freshness)
            {
                _report = await Ask();
                _reportedAt = time.GetTimestamp();
            }

            return _report;
        }
        finally
        {
            _asking.Release();
        }
    }

    public void Dispose() => _asking.Dispose();

    private async Task<HealthReport> Ask()
    {
        using var patience = new CancellationTokenSource(Patience, time);
        var faults = await Task.WhenAll(_checks.Select(check => FaultOf(check, patience.Token)));
        var parts = _checks.Zip(faults).ToDictionary(
            part => part.First.Name,
            part => new PartReport(part.Second is null ? "ok" : "failing", part.Second));
        return new HealthReport(faults.All(fault => fault is null) ? "ready" : "not ready", parts);
    }

    [SuppressMessage("Design", "CA1031", Justification = "A check that breaks is a part that fails; its reason is in the log.")]
    private async Task<string?> FaultOf(IReadinessCheck check, CancellationToken cancellationToken)
    {
        try
        {
            return await check.FindFault(cancellationToken).WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            return $"no answer within {Patience.TotalSeconds} seconds";
        }
        catch (Exception error)
        {
            LogBroken(error, check.Name);
            return "the check failed; the reason is in the log";
        }
    }

    [LoggerMessage(4201, LogLevel.Warning, "The readiness check of {Part} failed")]
    private partial void LogBroken(Exception error, string part);
}
