using Cluster.Silo.Grains.Wallets.Payments;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Wallets;
using Cluster.V1;

namespace Cluster.Silo.Grains.Wallets.Treasuries;

/// <summary>Who may agree to what, and when enough have.</summary>
internal static class TreasuryRules
{
    private const int MaxApprovers = 32;

    /// <summary>Reads who must agree.</summary>
    /// <param name="threshold">From the caller.</param>
    /// <param name="approvers">From the caller.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: no such rule can be.</exception>
    public static ApprovalRule Read(uint threshold, IReadOnlyCollection<string> approvers)
    {
        if (approvers.Count is 0 or > MaxApprovers || approvers.Distinct(StringComparer.Ordinal).Count() != approvers.Count)
        {
            throw Invalid($"approvers names {approvers.Count} principals; it must be 1 to {MaxApprovers}, each once");
        }

        return threshold >= 1 && threshold <= approvers.Count
            ? new ApprovalRule((int)threshold, [.. approvers])
            : throw Invalid($"threshold is {threshold}; of {approvers.Count} approvers 1 to {approvers.Count} can be asked to agree");
    }

    /// <summary>Reads what is proposed.</summary>
    /// <param name="request">From the caller.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: it is neither a payment nor a change of approvers.</exception>
    public static (PaymentOrder? Payment, ApprovalRule? Rule) Read(ProposeRequest request)
    {
        var hasPayment = request.Destination.Length > 0 || request.Mint.Length > 0 || request.Amount > 0 || request.Memo.Length > 0;
        var hasRule = request.Threshold > 0 || request.Approvers.Count > 0;
        if (hasPayment == hasRule)
        {
            throw Invalid("a proposal is a payment (destination, amount) or a change of approvers (threshold, approvers), and not both");
        }

        return hasRule ? (null, Read(request.Threshold, request.Approvers)) : (Order(request), null);
    }

    /// <summary>The approvals of a proposal with one more; those of principals that are approvers no longer do not count.</summary>
    /// <param name="proposal">Is agreed to.</param>
    /// <param name="rule">As it is now.</param>
    /// <param name="principalId">Agrees.</param>
    /// <exception cref="ClusterException">
    /// <see cref="StatusCode.PermissionDenied"/>: the principal is no approver; <see cref="StatusCode.FailedPrecondition"/>: it has agreed.
    /// </exception>
    public static IReadOnlyList<string> WithApproval(ProposalRecord proposal, ApprovalRule rule, string principalId)
    {
        RequireApprover(rule, principalId);
        string[] before = [.. proposal.ApprovedBy.Intersect(rule.Approvers, StringComparer.Ordinal)];
        return before.Contains(principalId, StringComparer.Ordinal)
            ? throw new ClusterException(StatusCode.FailedPrecondition, $"{principalId} has agreed to proposal {proposal.ProposalId} already; others must.")
            : [.. before, principalId];
    }

    /// <summary>Refuses whoever is no approver.</summary>
    /// <param name="rule">Names them.</param>
    /// <param name="principalId">Calls.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.PermissionDenied"/>: the principal is none.</exception>
    public static void RequireApprover(ApprovalRule rule, string principalId)
    {
        if (principalId.Length == 0 || !rule.Approvers.Contains(principalId, StringComparer.Ordinal))
        {
            throw new ClusterException(StatusCode.PermissionDenied, $"{(principalId.Length == 0 ? "the caller" : principalId)} is no approver of this wallet.");
        }
    }

    private static PaymentOrder Order(ProposeRequest request) => PaymentOrder.Read(new TransferRequest
    {
        Destination = request.Destination,
        Mint = request.Mint,
        Amount = request.Amount,
        Memo = request.Memo,
    });

    private static ClusterException Invalid(string why) => new(StatusCode.InvalidArgument, why + ".");
}
