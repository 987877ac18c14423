using Cluster.Silo.Storage.Campaigns;
using Cluster.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cluster.Silo.Grains.Campaigns;

/// <summary>Rows of campaigns as the contracts say them.</summary>
internal static class CampaignMessages
{
    /// <summary>A campaign and how far it is.</summary>
    public static Campaign ToMessage(this CampaignOverview overview)
    {
        var message = overview.Campaign.ToMessage();
        message.Progress = overview.Progress.ToMessage();
        message.Progress.LanesSwept = (ulong)overview.LanesSwept;
        return message;
    }

    /// <summary>A campaign whose lanes have done nothing yet.</summary>
    public static Campaign ToMessage(this CampaignRecord record) => new()
    {
        CampaignId = record.CampaignId,
        Name = record.Name,
        WalletId = record.WalletId,
        Mint = record.Mint?.ToString() ?? "",
        Decimals = record.Decimals,
        State = record.State,
        Duplicates = record.Duplicates,
        OffCurve = record.OffCurve,
        Lanes = (uint)record.Lanes,
        Recipients = (ulong)record.Recipients,
        TotalAmount = record.TotalAmount,
        RejectedRows = (ulong)record.RejectedRows,
        Progress = new Progress(),
        PauseReason = record.PauseReason,
        CreateTime = record.CreatedAt.ToTimestamp(),
        StartTime = record.StartedAt?.ToTimestamp(),
        EndTime = record.EndedAt?.ToTimestamp(),
        Version = (ulong)record.Version,
    };

    /// <summary>How far a lane is.</summary>
    public static Progress ToMessage(this LaneProgress progress) => new()
    {
        Paid = (ulong)progress.Paid,
        PaidAmount = progress.PaidAmount,
        Finalized = (ulong)progress.Finalized,
        InFlight = (ulong)progress.InFlight,
        Failed = (ulong)progress.Failed,
        Transactions = (ulong)progress.Transactions,
        Fees = progress.Fees,
        Rent = progress.Rent,
        Resigned = (ulong)progress.Resigned,
    };
}
