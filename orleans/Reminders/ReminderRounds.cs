using System.Diagnostics.CodeAnalysis;
using Cluster.OrleansHost.Hosting;
using Cluster.Silo.Hosting.Binding;
using Cluster.Silo.Hosting.Reminders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Runtime;
using GrainId = Cluster.Silo.Hosting.GrainId;

namespace Cluster.OrleansHost.Reminders;

/// <summary>
/// Goes through all reminders once when this silo starts, and once when another has left: what that one was to wake is
/// woken by its alarm no more, and need not wait for Orleans' reminder. So are the reminders found of a time before
/// Orleans, which has none for them.
/// </summary>
internal sealed class ReminderRounds(
    IReminderStore store,
    ReminderAlarms alarms,
    IClusterMembershipService membership,
    ILocalSiloDetails self,
    Bindings bindings,
    IOptions<OrleansOptions> options,
    ILogger<ReminderRounds> logger) : BackgroundService
{
    private const int PageSize = 500;
    private const int WokenAtOnce = 32;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Round("this silo started", stoppingToken);
        var before = Active(membership.CurrentSnapshot);
        await foreach (var snapshot in membership.MembershipUpdates.WithCancellation(stoppingToken))
        {
            var now = Active(snapshot);
            var hasLeft = before.Except(now).Any();
            before = now;

            // One of those that are left is enough.
            if (hasLeft && now.FirstOrDefault() is { } first && first.Equals(self.SiloAddress))
            {
                await Round("another silo left", stoppingToken);
            }
        }
    }

    private static List<SiloAddress> Active(ClusterMembershipSnapshot snapshot) =>
        [.. snapshot.Members.Values.Where(member => member.Status == SiloStatus.Active).Select(member => member.SiloAddress).Order()];

    [SuppressMessage("Design", "CA1031", Justification = "Whatever stops a round, Orleans' reminders wake each grain within their period.")]
    private async Task Round(string reason, CancellationToken cancellationToken)
    {
        var hosted = bindings.Grains.Select(grain => grain.GrainType).ToHashSet(StringComparer.Ordinal);
        var count = 0;
        try
        {
            (GrainId Grain, string Name)? last = null;
            while (await store.List(last, PageSize, cancellationToken) is { Count: > 0 } page)
            {
                var ours = page.Where(reminder => hosted.Contains(reminder.Grain.Type)).ToList();
                var parallel = new ParallelOptions { MaxDegreeOfParallelism = WokenAtOnce, CancellationToken = cancellationToken };
                await Parallel.ForEachAsync(ours, parallel, async (reminder, _) => await alarms.Wake(reminder.Grain, reminder.Name));
                count += ours.Count;
                last = page[^1];
            }

            if (count > 0)
            {
                OrleansLog.RoundDone(logger, count, reason);
            }
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            OrleansLog.RoundFailed(logger, options.Value.WakePeriod, error);
        }
    }
}
