using Cluster.Silo.Grains.Campaigns;
using Cluster.Silo.Hosting;
using Cluster.V1;
using FsCheck;
using FsCheck.Fluent;
using Xunit;
using StatusCode = Cluster.Silo.Hosting.StatusCode;

namespace Cluster.Tests.Silo.Campaigns;

public sealed class CampaignLifecycleTests
{
    private static readonly CampaignEvent[] Happy = [CampaignEvent.RecipientsStored, CampaignEvent.Started, CampaignEvent.AllLanesDone];

    [Fact]
    public void A_campaign_goes_from_draft_to_completed() =>
        Assert.Equal(CampaignState.Completed, Run(Happy));

    [Fact]
    public void A_campaign_without_lanes_is_cancelled_at_once() =>
        Assert.Equal(CampaignState.Cancelled, Run([CampaignEvent.RecipientsStored, CampaignEvent.CancelOrdered]));

    [Fact]
    public void A_running_campaign_is_cancelled_when_its_lanes_are_swept() =>
        Assert.Equal(
            CampaignState.Cancelled,
            Run([CampaignEvent.RecipientsStored, CampaignEvent.Started, CampaignEvent.CancelOrdered, CampaignEvent.AllLanesDone]));

    [Fact]
    public void A_campaign_whose_lanes_end_while_it_is_paused_is_completed() =>
        Assert.Equal(
            CampaignState.Completed,
            Run([CampaignEvent.RecipientsStored, CampaignEvent.Started, CampaignEvent.PausedByPerson, CampaignEvent.AllLanesDone]));

    [Theory]
    [InlineData(CampaignState.Draft, CampaignEvent.Started, "upload recipients first")]
    [InlineData(CampaignState.Completed, CampaignEvent.CancelOrdered, "ended already")]
    [InlineData(CampaignState.Paused, CampaignEvent.PausedByPerson, "RUNNING")]
    [InlineData(CampaignState.Running, CampaignEvent.RecipientsStored, "DRAFT or READY")]
    public void What_a_person_may_not_do_now_is_refused_with_the_rule(CampaignState state, object happened, string rule)
    {
        var refusal = Assert.Throws<ClusterException>(() => CampaignLifecycle.Apply("drop", state, (CampaignEvent)happened));

        Assert.Equal(StatusCode.FailedPrecondition, refusal.Status);
        Assert.Contains(rule, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(CampaignLifecycle.Name(state), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_event_leads_out_of_an_end_and_lanes_reports_are_never_refused() =>
        Prop.ForAll(
            Gen.Elements(Enum.GetValues<CampaignEvent>()).ListOf().ToArbitrary(),
            events =>
            {
                var state = CampaignState.Draft;
                foreach (var happened in events)
                {
                    var next = CampaignLifecycle.Next(state, happened);
                    if (next is null && happened is CampaignEvent.LaneStalled or CampaignEvent.AllLanesDone && next is null)
                    {
                        return false;
                    }

                    if (CampaignLifecycle.IsEnd(state) && next is { } other && other != state)
                    {
                        return false;
                    }

                    state = next ?? state;
                }

                return true;
            }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    [Fact]
    public void From_every_open_state_some_events_lead_to_an_end()
    {
        foreach (var state in Enum.GetValues<CampaignState>().Where(state => state != CampaignState.Unspecified))
        {
            var reached = new HashSet<CampaignState> { state };
            for (var round = 0; round < 8; round++)
            {
                reached.UnionWith(reached.ToArray().SelectMany(from =>
                    Enum.GetValues<CampaignEvent>().Select(happened => CampaignLifecycle.Next(from, happened)).OfType<CampaignState>()));
            }

            Assert.Contains(reached, CampaignLifecycle.IsEnd);
        }
    }

    private static CampaignState Run(IEnumerable<CampaignEvent> events) =>
        events.Aggregate(CampaignState.Draft, (state, happened) => CampaignLifecycle.Apply("drop", state, happened));
}
