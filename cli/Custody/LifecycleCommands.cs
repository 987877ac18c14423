using System.CommandLine;
using Cluster.Cli.Connection;
using Cluster.Cli.Output;
using Cluster.Cli.Wallets;
using Cluster.V1;

namespace Cluster.Cli.Custody;

/// <summary><c>cluster wallet …</c>: ceilings of hot wallets, and the end of wallets.</summary>
internal static class LifecycleCommands
{
    private static readonly string[] CeilingColumns = ["mint", ">ceiling"];

    /// <summary>The subcommands.</summary>
    public static IEnumerable<Command> Create() => [Ceiling(), Ceilings(), Empty(), RequestDeletion(), CancelDeletion(), Delete()];

    private static Command Ceiling()
    {
        var id = WalletCommands.WalletId();
        var amount = new Argument<ulong>("amount") { Description = "Base units (lamports for SOL) that the wallet keeps at most." };
        var mint = new Option<string>("--mint") { Description = "Of this token; of SOL where it is not given.", DefaultValueFactory = _ => "" };
        var remove = new Option<bool>("--remove") { Description = "Take the ceiling away; the amount does not matter." };
        var command = new Command("ceiling", "Send what a hot wallet has above an amount to its parent.") { id, amount, mint, remove, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) => Print(printer, await client.Call<CeilingsReply>(
            new SetCeilingRequest
            {
                RequestId = Requests.IdOf(parsed),
                WalletId = parsed.GetRequiredValue(id),
                Mint = parsed.GetRequiredValue(mint),
                Amount = parsed.GetValue(amount),
                Remove = parsed.GetValue(remove),
            },
            cancellationToken)));
        return command;
    }

    private static Command Ceilings()
    {
        var id = WalletCommands.WalletId();
        var command = new Command("ceilings", "A hot wallet's ceilings.") { id };
        command.Calls(async (client, printer, parsed, cancellationToken) => Print(
            printer,
            await client.Call<CeilingsReply>(new GetCeilingsRequest { WalletId = parsed.GetRequiredValue(id) }, cancellationToken)));
        return command;
    }

    private static Command Empty()
    {
        var id = WalletCommands.WalletId();
        var destination = new Argument<string>("destination") { Description = "The wallet that gets all." };
        var mint = new Option<string>("--mint") { Description = "Send this token too, and close its account.", DefaultValueFactory = _ => "" };
        var command = new Command("empty", "Send all SOL that a wallet has to another wallet of the cluster.") { id, destination, mint, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) => TransferCommand.Print(printer, await client.Call<Transfer>(
            new EmptyWalletRequest
            {
                RequestId = Requests.IdOf(parsed),
                WalletId = parsed.GetRequiredValue(id),
                DestinationWalletId = parsed.GetRequiredValue(destination),
                Mint = parsed.GetRequiredValue(mint),
            },
            cancellationToken)));
        return command;
    }

    private static Command RequestDeletion()
    {
        var id = WalletCommands.WalletId();
        var reason = new Argument<string>("reason") { Description = "Why, for the audit log." };
        var command = new Command("request-deletion", "First step: let nothing be paid from an empty wallet any more.") { id, reason, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) => WalletCommands.Print(printer, await client.Call<Wallet>(
            new RequestDeletionRequest { RequestId = Requests.IdOf(parsed), WalletId = parsed.GetRequiredValue(id), Reason = parsed.GetRequiredValue(reason) },
            cancellationToken)));
        return command;
    }

    private static Command CancelDeletion()
    {
        var id = WalletCommands.WalletId();
        var command = new Command("cancel-deletion", "Take the first step back.") { id, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) => WalletCommands.Print(printer, await client.Call<Wallet>(
            new CancelDeletionRequest { RequestId = Requests.IdOf(parsed), WalletId = parsed.GetRequiredValue(id) }, cancellationToken)));
        return command;
    }

    private static Command Delete()
    {
        var id = WalletCommands.WalletId();
        var address = new Argument<string>("address") { Description = "The wallet's address, so that it is the right one." };
        var command = new Command("delete", "Second step: destroy the key of a wallet whose deletion was asked for.") { id, address, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) => WalletCommands.Print(printer, await client.Call<Wallet>(
            new DeleteWalletRequest { RequestId = Requests.IdOf(parsed), WalletId = parsed.GetRequiredValue(id), Address = parsed.GetRequiredValue(address) },
            cancellationToken)));
        return command;
    }

    private static void Print(Printer printer, CeilingsReply reply) => printer.Print(
        reply.Ceilings, CeilingColumns, ceiling => [ceiling.Mint.Length == 0 ? "SOL" : ceiling.Mint, Amounts.Count(ceiling.Amount)]);
}
