using System.CommandLine;
using Cluster.Cli.Connection;
using Cluster.Cli.Output;
using Cluster.Cli.Wallets;
using Cluster.V1;

namespace Cluster.Cli.Custody;

/// <summary><c>cluster treasury …</c>: wallets from which several people pay together.</summary>
internal static class TreasuryCommands
{
    /// <summary>The command and its subcommands.</summary>
    public static Command Create() => new("treasury", "Pay together from wallets that have approvers.")
    {
        SetApprovers(), Propose(), Approve(), Reject(), Show(),
    };

    private static Command SetApprovers()
    {
        var id = WalletCommands.WalletId();
        var threshold = new Argument<uint>("threshold") { Description = "How many of them must agree." };
        var approvers = new Argument<string[]>("approvers") { Description = "Ids of principals.", Arity = ArgumentArity.OneOrMore };
        var change = new Option<bool>("--propose") { Description = "Propose it to the approvers that there are." };
        var command = new Command("approvers", "Name who must agree to payments.") { id, threshold, approvers, change, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            if (parsed.GetValue(change))
            {
                Print(printer, await client.Call<Proposal>(
                    new ProposeRequest
                    {
                        RequestId = Requests.IdOf(parsed),
                        WalletId = parsed.GetRequiredValue(id),
                        Threshold = parsed.GetValue(threshold),
                        Approvers = { parsed.GetRequiredValue(approvers) },
                    },
                    cancellationToken));
                return;
            }

            var reply = await client.Call<Approvers>(
                new SetApproversRequest
                {
                    RequestId = Requests.IdOf(parsed),
                    WalletId = parsed.GetRequiredValue(id),
                    Threshold = parsed.GetValue(threshold),
                    Approvers = { parsed.GetRequiredValue(approvers) },
                },
                cancellationToken);
            printer.Print(reply, ("wallet", reply.WalletId), ("needed", Amounts.Count(reply.Threshold)), ("approvers", string.Join(' ', reply.Approvers_)));
        });
        return command;
    }

    private static Command Propose()
    {
        var id = WalletCommands.WalletId();
        var destination = new Argument<string>("destination") { Description = "The recipient's address." };
        var amount = new Argument<ulong>("amount") { Description = "Base units (lamports for SOL)." };
        var mint = new Option<string>("--mint") { Description = "Pay this token; SOL where it is not given.", DefaultValueFactory = _ => "" };
        var memo = new Option<string>("--memo") { Description = "Put on chain with the payment.", DefaultValueFactory = _ => "" };
        var command = new Command("propose", "Propose a payment.") { id, destination, amount, mint, memo, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) => Print(printer, await client.Call<Proposal>(
            new ProposeRequest
            {
                RequestId = Requests.IdOf(parsed),
                WalletId = parsed.GetRequiredValue(id),
                Destination = parsed.GetRequiredValue(destination),
                Amount = parsed.GetValue(amount),
                Mint = parsed.GetRequiredValue(mint),
                Memo = parsed.GetRequiredValue(memo),
            },
            cancellationToken)));
        return command;
    }

    private static Command Approve()
    {
        var (id, proposal) = (WalletCommands.WalletId(), ProposalId());
        var command = new Command("approve", "Agree to a proposal; the last approval that it needs pays.") { id, proposal, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) => Print(printer, await client.Call<Proposal>(
            new ApproveRequest { RequestId = Requests.IdOf(parsed), WalletId = parsed.GetRequiredValue(id), ProposalId = parsed.GetRequiredValue(proposal) },
            cancellationToken)));
        return command;
    }

    private static Command Reject()
    {
        var (id, proposal) = (WalletCommands.WalletId(), ProposalId());
        var command = new Command("reject", "End a proposal.") { id, proposal, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) => Print(printer, await client.Call<Proposal>(
            new RejectRequest { RequestId = Requests.IdOf(parsed), WalletId = parsed.GetRequiredValue(id), ProposalId = parsed.GetRequiredValue(proposal) },
            cancellationToken)));
        return command;
    }

    private static Command Show()
    {
        var (id, proposal) = (WalletCommands.WalletId(), ProposalId());
        var command = new Command("show", "Look at a proposal.") { id, proposal };
        command.Calls(async (client, printer, parsed, cancellationToken) => Print(printer, await client.Call<Proposal>(
            new GetProposalRequest { WalletId = parsed.GetRequiredValue(id), ProposalId = parsed.GetRequiredValue(proposal) },
            cancellationToken)));
        return command;
    }

    private static Argument<string> ProposalId() => new("proposal") { Description = "The proposal's id." };

    private static void Print(Printer printer, Proposal proposal) => printer.Print(
        proposal,
        ("proposal", proposal.ProposalId),
        ("state", proposal.State.ToString()["Proposal".Length..].ToLowerInvariant()),
        ("destination", proposal.Destination),
        ("amount", proposal.Amount == 0 ? "" : $"{Amounts.Count(proposal.Amount)} {(proposal.Mint.Length == 0 ? "lamports" : $"base units of {proposal.Mint}")}"),
        ("approvers", proposal.Threshold == 0 ? "" : $"{proposal.Threshold} of {string.Join(' ', proposal.Approvers)}"),
        ("proposed by", proposal.ProposedBy),
        ("approved by", string.Join(' ', proposal.ApprovedBy)),
        ("transfer", proposal.TransferId));
}
