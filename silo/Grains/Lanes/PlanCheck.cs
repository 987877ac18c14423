using Cluster.Silo.Storage.Campaigns;
using Cluster.V1;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>
/// The last look at a plan before it is committed: the recipients that it takes over and those that its batches and
/// failures cover must be the same ones, each once. A plan that does not pass is a defect, and nothing is paid.
/// </summary>
internal static class PlanCheck
{
    /// <exception cref="InvalidOperationException">The plan does not fit the lane.</exception>
    public static void Require(LanePlan plan, LaneRecord lane, IReadOnlyDictionary<long, BatchRecord> open)
    {
        if (lane.State != LaneState.LanePaying || lane.Paused || lane.Cancelled || lane.Stalled.Length > 0)
        {
            throw Wrong(lane, "the lane is not paying");
        }

        using var covered = Covered(plan).OrderBy(range => range.First).GetEnumerator();
        foreach (var (first, last) in TakenOver(plan, lane, open).OrderBy(range => range.First))
        {
            for (var next = first; next <= last;)
            {
                if (!covered.MoveNext() || covered.Current.First != next || covered.Current.Last < next || covered.Current.Last > last)
                {
                    throw Wrong(lane, $"recipient {next} would not be covered exactly once");
                }

                next = covered.Current.Last + 1;
            }
        }

        if (covered.MoveNext())
        {
            throw Wrong(lane, $"recipient {covered.Current.First} is not the plan's to pay");
        }
    }

    private static IEnumerable<(long First, long Last)> Covered(LanePlan plan) =>
        plan.Batches.Select(batch => (batch.First, batch.Last))
            .Concat(plan.Failures.Select(failure => (failure.Sequence, failure.Sequence)));

    private static IEnumerable<(long First, long Last)> TakenOver(
        LanePlan plan, LaneRecord lane, IReadOnlyDictionary<long, BatchRecord> open)
    {
        if (plan.Next is { } next)
        {
            if (plan.First != lane.Next || next <= lane.Next || next > lane.Last + 1)
            {
                throw Wrong(lane, $"it covers {plan.First} to {next - 1}, the lane is at {lane.Next} of {lane.Last}");
            }

            yield return (lane.Next, next - 1);
        }

        foreach (var number in plan.Replaced)
        {
            if (!open.TryGetValue(number, out var batch) || !batch.IsBroken)
            {
                throw Wrong(lane, $"batch {number} may still land, or is replaced already");
            }

            yield return (batch.First, batch.Last);
        }
    }

    private static InvalidOperationException Wrong(LaneRecord lane, string why) =>
        new($"A plan for lane {lane.CampaignId}/{lane.Lane} was refused: {why}.");
}
