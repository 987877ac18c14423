using Microsoft.Extensions.Logging;

namespace Cluster.Solana;

/// <summary>
/// Keeps the sender's own tasks from dying in silence: a defect is logged, and the loop that it hit runs again.
/// </summary>
internal sealed class Supervisor(TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>Runs a loop until it is cancelled, again and again if it breaks.</summary>
    public Task KeepRunning(Func<CancellationToken, Task> loop, CancellationToken ct) =>
        Task.Run(
            async () =>
            {
                for (var breaks = 0; !ct.IsCancellationRequested && !await EndedWell(loop(ct)); breaks++)
                {
                    await Task.Delay(Backoff.Exponential(breaks, FirstPause, LongestPause), time, ct)
                        .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                }
            },
            CancellationToken.None);

    /// <summary>Lets a task run on by itself.</summary>
    public void Detach(Task task) => _ = EndedWell(task);

    private async Task<bool> EndedWell(Task task)
    {
        try
        {
            await task;
            return true;
        }
        catch (OperationCanceledException)
        {
            return true;
        }
#pragma warning disable CA1031 // The last stop of whatever was not foreseen.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            SenderLog.Defect(logger, exception);
            return false;
        }
    }
}
