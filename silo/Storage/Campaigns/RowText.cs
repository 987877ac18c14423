using Cluster.V1;

namespace Cluster.Silo.Storage.Campaigns;

/// <summary>How states and policies are spelled in the database.</summary>
internal static class RowText
{
    private static readonly (CampaignState Value, string Text)[] CampaignStates =
    [
        (CampaignState.Draft, "draft"), (CampaignState.Ready, "ready"), (CampaignState.Running, "running"),
        (CampaignState.Paused, "paused"), (CampaignState.Cancelling, "cancelling"),
        (CampaignState.Completed, "completed"), (CampaignState.Cancelled, "cancelled"),
    ];

    private static readonly (DuplicatePolicy Value, string Text)[] DuplicatePolicies =
    [
        (DuplicatePolicy.DuplicatesReject, "reject"), (DuplicatePolicy.DuplicatesMerge, "merge"),
        (DuplicatePolicy.DuplicatesKeep, "keep"),
    ];

    private static readonly (OffCurvePolicy Value, string Text)[] OffCurvePolicies =
        [(OffCurvePolicy.OffCurveReject, "reject"), (OffCurvePolicy.OffCurveAllow, "allow")];

    private static readonly (LaneState Value, string Text)[] LaneStates =
    [
        (LaneState.LaneScanning, "scanning"), (LaneState.LaneFunding, "funding"), (LaneState.LanePaying, "paying"),
        (LaneState.LaneSweeping, "sweeping"), (LaneState.LaneDone, "done"),
    ];

    private static readonly (BatchStatus Value, string Text)[] BatchStatuses =
    [
        (BatchStatus.Signed, "signed"), (BatchStatus.Confirmed, "confirmed"), (BatchStatus.Finalized, "finalized"),
        (BatchStatus.Expired, "expired"), (BatchStatus.Rejected, "rejected"), (BatchStatus.Unfunded, "unfunded"), (BatchStatus.Replaced, "replaced"),
    ];

    public static string Of(CampaignState state) => Text(CampaignStates, state);

    public static string Of(DuplicatePolicy policy) => Text(DuplicatePolicies, policy);

    public static string Of(OffCurvePolicy policy) => Text(OffCurvePolicies, policy);

    public static string Of(LaneState state) => Text(LaneStates, state);

    public static string Of(BatchStatus status) => Text(BatchStatuses, status);

    public static CampaignState ParseCampaignState(string text) => Value(CampaignStates, text);

    public static DuplicatePolicy ParseDuplicates(string text) => Value(DuplicatePolicies, text);

    public static OffCurvePolicy ParseOffCurve(string text) => Value(OffCurvePolicies, text);

    public static LaneState ParseLaneState(string text) => Value(LaneStates, text);

    public static BatchStatus ParseBatchStatus(string text) => Value(BatchStatuses, text);

    private static string Text<T>((T Value, string Text)[] pairs, T value)
        where T : struct, Enum
    {
        foreach (var pair in pairs)
        {
            if (EqualityComparer<T>.Default.Equals(pair.Value, value))
            {
                return pair.Text;
            }
        }

        throw new ArgumentOutOfRangeException(nameof(value), value, "no row can hold this value");
    }

    private static T Value<T>((T Value, string Text)[] pairs, string text)
        where T : struct, Enum
    {
        foreach (var pair in pairs)
        {
            if (pair.Text == text)
            {
                return pair.Value;
            }
        }

        throw new InvalidOperationException($"'{text}' is no {typeof(T).Name} that this build knows");
    }
}
