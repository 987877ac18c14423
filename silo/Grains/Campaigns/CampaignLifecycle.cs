using Cluster.Silo.Hosting;
using Cluster.V1;

namespace Cluster.Silo.Grains.Campaigns;

/// <summary>What can happen to a campaign as a whole.</summary>
internal enum CampaignEvent
{
    /// <summary>An upload ended and the campaign has recipients.</summary>
    RecipientsStored,

    /// <summary>A person starts it.</summary>
    Started,

    /// <summary>A person pauses it.</summary>
    PausedByPerson,

    /// <summary>A person resumes it.</summary>
    Resumed,

    /// <summary>A person cancels it.</summary>
    CancelOrdered,

    /// <summary>A lane stopped for a reason that needs a person.</summary>
    LaneStalled,

    /// <summary>The last lane was swept back.</summary>
    AllLanesDone,
}

/// <summary>The campaign's state machine: which event leads where, and nothing else.</summary>
/// <remarks>
/// <code>
/// DRAFT → READY → RUNNING ⇄ PAUSED → COMPLETED
///   └──────┴────────┴─────────┴→ CANCELLING → CANCELLED
/// </code>
/// A campaign without lanes goes to CANCELLED at once. What the lanes report never fails: it may arrive twice, or after
/// a person has changed the state.
/// </remarks>
internal static class CampaignLifecycle
{
    /// <summary>The state after an event; null where the event is a person's and not allowed in this state.</summary>
    public static CampaignState? Next(CampaignState state, CampaignEvent happened) => (state, happened) switch
    {
        (CampaignState.Draft or CampaignState.Ready, CampaignEvent.RecipientsStored) => CampaignState.Ready,
        (CampaignState.Ready, CampaignEvent.Started) => CampaignState.Running,
        (CampaignState.Running, CampaignEvent.PausedByPerson) => CampaignState.Paused,
        (CampaignState.Paused, CampaignEvent.Resumed) => CampaignState.Running,
        (CampaignState.Draft or CampaignState.Ready, CampaignEvent.CancelOrdered) => CampaignState.Cancelled,
        (CampaignState.Running or CampaignState.Paused, CampaignEvent.CancelOrdered) => CampaignState.Cancelling,
        (CampaignState.Running, CampaignEvent.LaneStalled) => CampaignState.Paused,
        (CampaignState.Running or CampaignState.Paused, CampaignEvent.AllLanesDone) => CampaignState.Completed,
        (CampaignState.Cancelling, CampaignEvent.AllLanesDone) => CampaignState.Cancelled,
        (_, CampaignEvent.LaneStalled or CampaignEvent.AllLanesDone) => state,
        _ => null,
    };

    /// <summary>The state after an event.</summary>
    /// <param name="campaignId">For the error.</param>
    /// <param name="state">The state now.</param>
    /// <param name="happened">The event.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.FailedPrecondition"/>: the state does not allow it.</exception>
    public static CampaignState Apply(string campaignId, CampaignState state, CampaignEvent happened) =>
        Next(state, happened)
        ?? throw new ClusterException(StatusCode.FailedPrecondition, $"Campaign {campaignId} is {Name(state)}; {Rule(happened)}");

    /// <summary>No event leads out of it.</summary>
    public static bool IsEnd(CampaignState state) => state is CampaignState.Completed or CampaignState.Cancelled;

    /// <summary>It has lanes that may hold money.</summary>
    public static bool HasOpenLanes(CampaignState state) =>
        state is CampaignState.Running or CampaignState.Paused or CampaignState.Cancelling;

    /// <summary>The state as the contracts spell it.</summary>
    public static string Name(CampaignState state) => state.ToString().ToUpperInvariant();

    private static string Rule(CampaignEvent happened) => happened switch
    {
        CampaignEvent.RecipientsStored => "recipients are uploaded while it is DRAFT or READY.",
        CampaignEvent.Started => "it starts when it is READY: upload recipients first.",
        CampaignEvent.PausedByPerson => "only a RUNNING campaign can be paused.",
        CampaignEvent.Resumed => "only a PAUSED campaign can be resumed.",
        _ => "it has ended already.",
    };
}
