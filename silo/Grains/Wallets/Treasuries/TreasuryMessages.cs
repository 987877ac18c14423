using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Wallets;
using Cluster.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cluster.Silo.Grains.Wallets.Treasuries;

/// <summary>Approvers and proposals as the contracts and the audit log tell them.</summary>
internal static class TreasuryMessages
{
    public static Approvers Of(string walletId, ApprovalRule? rule) => new()
    {
        WalletId = walletId,
        Threshold = (uint)(rule?.Threshold ?? 0),
        Approvers_ = { rule?.Approvers ?? [] },
    };

    public static Proposal Of(ProposalRecord proposal) => new()
    {
        ProposalId = proposal.ProposalId.ToString(),
        WalletId = proposal.WalletId,
        State = proposal.State,
        Destination = proposal.Destination?.ToString() ?? "",
        Mint = proposal.Mint?.ToString() ?? "",
        Amount = proposal.Amount,
        Memo = proposal.Memo,
        Threshold = (uint)(proposal.Rule?.Threshold ?? 0),
        Approvers = { proposal.Rule?.Approvers ?? [] },
        ProposedBy = proposal.ProposedBy,
        ApprovedBy = { proposal.ApprovedBy },
        TransferId = proposal.TransferId?.ToString() ?? "",
        CreateTime = proposal.CreatedAt.ToTimestamp(),
    };

    public static string Audit(ProposalRecord proposal)
    {
        var detail = new AuditDetail().Add("proposal_id", proposal.ProposalId.ToString()).Add("approved_by", string.Join(' ', proposal.ApprovedBy));
        return proposal.Rule is { } rule
            ? Add(detail, rule).ToString()
            : detail
                .Add("destination", proposal.Destination?.ToString() ?? "")
                .Add("mint", proposal.Mint?.ToString() ?? "")
                .Add("amount", proposal.Amount)
                .ToString();
    }

    public static string Audit(ApprovalRule rule) => Add(new AuditDetail(), rule).ToString();

    private static AuditDetail Add(AuditDetail detail, ApprovalRule rule) =>
        detail.Add("threshold", (ulong)rule.Threshold).Add("approvers", string.Join(' ', rule.Approvers));
}
