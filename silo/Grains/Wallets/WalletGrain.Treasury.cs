using Cluster.Silo.Grains.Wallets.Custody;
using Cluster.Silo.Grains.Wallets.Payments;
using Cluster.Silo.Grains.Wallets.Treasuries;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Wallets;
using Cluster.V1;

namespace Cluster.Silo.Grains.Wallets;

/// <summary>Treasuries: several people pay together.</summary>
internal sealed partial class WalletGrain
{
    /// <summary>Names the first approvers.</summary>
    /// <param name="request">Who, and how many of them.</param>
    /// <param name="call">The call.</param>
    public async Task<Approvers> SetApprovers(SetApproversRequest request, Call call)
    {
        var wallet = Existing();
        if (wallet.Kind != WalletKind.Treasury)
        {
            throw new ClusterException(StatusCode.FailedPrecondition, $"wallet {wallet.WalletId} is {wallet.Kind}; only TREASURY wallets have approvers.");
        }

        if (wallet.Approval is not null)
        {
            throw new ClusterException(StatusCode.FailedPrecondition, $"wallet {wallet.WalletId} has approvers, who alone change who they are: propose it.");
        }

        var rule = TreasuryRules.Read(request.Threshold, request.Approvers);
        await RequirePrincipals(rule, call);
        var changes = parts.Database.Change();
        var changed = WalletStore.SetApproval(changes, wallet, rule);
        changes.Audit(call, "wallet.set_approvers", Id, TreasuryMessages.Audit(rule), Severity.High);
        var reply = TreasuryMessages.Of(wallet.WalletId, rule);
        changes.Answer(call, reply);
        await parts.Database.Commit(changes, call.Cancellation);
        _wallet = changed;
        return reply;
    }

    /// <summary>The wallet's approvers.</summary>
    /// <param name="request">Names the wallet.</param>
    /// <param name="call">The call.</param>
    public Task<Approvers> GetApprovers(GetApproversRequest request, Call call) =>
        Task.FromResult(TreasuryMessages.Of(Id.Key, Existing().Approval));

    /// <summary>Proposes a payment, or other approvers.</summary>
    /// <param name="request">Which.</param>
    /// <param name="call">The call.</param>
    public async Task<Proposal> Propose(ProposeRequest request, Call call)
    {
        var wallet = Existing();
        RequireApproval(wallet);
        var (payment, rule) = TreasuryRules.Read(request);
        if (rule is not null)
        {
            await RequirePrincipals(rule, call);
        }

        var proposal = new ProposalRecord
        {
            ProposalId = Guid.CreateVersion7(parts.Now),
            WalletId = wallet.WalletId,
            State = ProposalState.ProposalOpen,
            Destination = payment?.Destination,
            Mint = payment?.Mint,
            Amount = payment?.Amount ?? 0,
            Memo = payment?.Memo ?? "",
            Rule = rule,
            ProposedBy = call.Caller.PrincipalId,
            ApprovedBy = [],
            TransferId = null,
            CreatedAt = parts.Now,
            Version = 1,
        };
        var changes = parts.Database.Change();
        var touched = WalletStore.Touch(changes, wallet);
        ProposalStore.Insert(changes, proposal);
        return await CommitProposal(changes, touched, proposal, "wallet.propose", Severity.Low, call);
    }

    /// <summary>Agrees to a proposal; the last approval that it needs and what is proposed commit together.</summary>
    /// <param name="request">Names the proposal.</param>
    /// <param name="call">The call.</param>
    public async Task<Proposal> Approve(ApproveRequest request, Call call)
    {
        var wallet = Existing();
        var rule = RequireApproval(wallet);
        var proposal = await OpenProposal(request.ProposalId, call);
        var approved = proposal with { ApprovedBy = TreasuryRules.WithApproval(proposal, rule, call.Caller.PrincipalId) };
        if (approved.ApprovedBy.Count >= rule.Threshold)
        {
            return approved.Rule is { } next ? await ChangeApprovers(wallet, approved, next, call) : await PayProposed(wallet, approved, call);
        }

        var changes = parts.Database.Change();
        var touched = WalletStore.Touch(changes, wallet);
        ProposalStore.Update(changes, approved);
        return await CommitProposal(changes, touched, approved, "wallet.approve", Severity.Low, call);
    }

    /// <summary>Ends a proposal.</summary>
    /// <param name="request">Names it.</param>
    /// <param name="call">The call.</param>
    public async Task<Proposal> Reject(RejectRequest request, Call call)
    {
        var wallet = Existing();
        var rule = RequireApproval(wallet);
        var proposal = await OpenProposal(request.ProposalId, call);
        if (call.Caller.PrincipalId != proposal.ProposedBy)
        {
            TreasuryRules.RequireApprover(rule, call.Caller.PrincipalId);
        }

        var rejected = proposal with { State = ProposalState.ProposalRejected };
        var changes = parts.Database.Change();
        var touched = WalletStore.Touch(changes, wallet);
        ProposalStore.Update(changes, rejected);
        return await CommitProposal(changes, touched, rejected, "wallet.reject", Severity.Low, call);
    }

    /// <summary>A proposal of this wallet.</summary>
    /// <param name="request">Names it.</param>
    /// <param name="call">The call.</param>
    public async Task<Proposal> GetProposal(GetProposalRequest request, Call call) =>
        TreasuryMessages.Of(await FindProposal(request.ProposalId, call));

    private async Task<Proposal> ChangeApprovers(WalletRecord wallet, ProposalRecord approved, ApprovalRule rule, Call call)
    {
        var done = approved with { State = ProposalState.ProposalDone };
        var changes = parts.Database.Change();
        var changed = WalletStore.SetApproval(changes, wallet, rule);
        ProposalStore.Update(changes, done);
        return await CommitProposal(changes, changed, done, "wallet.set_approvers", Severity.High, call);
    }

    private async Task<Proposal> PayProposed(WalletRecord wallet, ProposalRecord approved, Call call)
    {
        var order = new PaymentOrder(approved.Destination!.Value, approved.Mint, approved.Amount, approved.Memo);
        MayPay(WalletConduct.Unheld(wallet), order, call);
        var facts = await parts.Chain.Guard(() => parts.Payments.Read(wallet.Address, order, call.Cancellation));
        var plan = PaymentPlan.Make(wallet.Address, order, facts, _variety.SpareUnits(order, facts.Terms.Blockhash.Blockhash));
        Observe(facts);
        InsufficientFunds.Refuse(_books, plan);
        var unsigned = UnsignedTransfer.Of(wallet.WalletId, plan, parts.Now);
        var transfer = await SignedPayment.Sign(unsigned, wallet.Address, TransactionWriter.Write(plan), Grains, call);
        var done = approved with { State = ProposalState.ProposalDone, TransferId = transfer.TransferId };
        var reply = TreasuryMessages.Of(done);
        await Enter(
            transfer,
            call,
            parts.Options.SeverityOf(order.Amount, facts.Token?.Mint.Decimals, call.Caller),
            changes =>
            {
                ProposalStore.Update(changes, done);
                changes.Audit(call, "wallet.approve", Id, TreasuryMessages.Audit(done));
                changes.Answer(call, reply);
            });
        return reply;
    }

    private async Task<Proposal> CommitProposal(
        Changes changes, WalletRecord wallet, ProposalRecord proposal, string operation, Severity severity, Call call)
    {
        changes.Audit(call, operation, Id, TreasuryMessages.Audit(proposal), severity);
        var reply = TreasuryMessages.Of(proposal);
        changes.Answer(call, reply);
        await parts.Database.Commit(changes, call.Cancellation);
        _wallet = wallet;
        return reply;
    }

    private async Task<ProposalRecord> FindProposal(string proposalId, Call call)
    {
        var wallet = Existing();
        if (!Guid.TryParse(proposalId, out var id))
        {
            throw new ClusterException(StatusCode.InvalidArgument, $"proposal_id {proposalId} is none: it is the one that Propose answered with.");
        }

        return await parts.Proposals.Find(wallet.WalletId, id, call.Cancellation)
            ?? throw new ClusterException(StatusCode.NotFound, $"wallet {wallet.WalletId} has no proposal {id}.");
    }

    private async Task<ProposalRecord> OpenProposal(string proposalId, Call call)
    {
        var proposal = await FindProposal(proposalId, call);
        return proposal.State == ProposalState.ProposalOpen
            ? proposal
            : throw new ClusterException(
                StatusCode.FailedPrecondition, $"proposal {proposal.ProposalId} is {(proposal.State == ProposalState.ProposalDone ? "done" : "rejected")} already.");
    }

    private async Task RequirePrincipals(ApprovalRule rule, Call call)
    {
        if (await parts.Proposals.FindUnknownPrincipal(rule.Approvers, call.Cancellation) is { } unknown)
        {
            throw new ClusterException(StatusCode.NotFound, $"there is no principal {unknown}, who could agree to nothing.");
        }
    }

    private static ApprovalRule RequireApproval(WalletRecord wallet) => wallet.Approval
        ?? throw new ClusterException(StatusCode.FailedPrecondition, $"wallet {wallet.WalletId} has no approvers; name them with SetApprovers.");
}
