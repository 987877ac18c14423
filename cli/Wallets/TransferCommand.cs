using System.CommandLine;
using Cluster.Cli.Connection;
using Cluster.Cli.Output;
using Cluster.V1;

namespace Cluster.Cli.Wallets;

/// <summary><c>cluster wallet transfer</c></summary>
internal static class TransferCommand
{
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(400);

    /// <summary>The command.</summary>
    public static Command Create()
    {
        var id = WalletCommands.WalletId();
        var destination = new Argument<string>("destination") { Description = "The recipient's address." };
        var amount = new Argument<ulong>("amount") { Description = "Base units (lamports for SOL)." };
        var mint = new Option<string>("--mint") { Description = "Pay this token; SOL where it is not given.", DefaultValueFactory = _ => "" };
        var memo = new Option<string>("--memo") { Description = "Put on chain with the payment.", DefaultValueFactory = _ => "" };
        var wait = new Option<bool>("--wait") { Description = "Wait until the payment is final." };
        var command = new Command("transfer", "Pay SOL or tokens.") { id, destination, amount, mint, memo, wait, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            var request = new TransferRequest
            {
                RequestId = Requests.IdOf(parsed),
                WalletId = parsed.GetRequiredValue(id),
                Destination = parsed.GetRequiredValue(destination),
                Amount = parsed.GetValue(amount),
                Mint = parsed.GetRequiredValue(mint),
                Memo = parsed.GetRequiredValue(memo),
            };
            var transfer = await client.Call<Transfer>(request, cancellationToken);
            if (parsed.GetValue(wait))
            {
                transfer = await Settled(client, transfer, cancellationToken);
            }

            Print(printer, transfer);
        });
        return command;
    }

    /// <summary>Prints a payment.</summary>
    /// <param name="printer">How.</param>
    /// <param name="transfer">The payment.</param>
    public static void Print(Printer printer, Transfer transfer) => printer.Print(
        transfer,
        ("transfer", transfer.TransferId),
        ("status", transfer.Status.ToString().ToLowerInvariant()),
        ("error", transfer.Error),
        ("amount", $"{Amounts.Count(transfer.Amount)} {(transfer.Mint.Length == 0 ? "lamports" : $"base units of {transfer.Mint}")}"),
        ("destination", transfer.Destination),
        ("fee", Amounts.Sol(transfer.FeeLamports)),
        ("rent", transfer.RentLamports == 0 ? "" : Amounts.Sol(transfer.RentLamports)),
        ("signature", transfer.Signature));

    private static async Task<Transfer> Settled(ClusterClient client, Transfer transfer, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(LookAgain);
        while (transfer.Status is TransferStatus.Pending or TransferStatus.Confirmed
            && await timer.WaitForNextTickAsync(cancellationToken))
        {
            transfer = await client.Call<Transfer>(
                new GetTransferRequest { WalletId = transfer.WalletId, TransferId = transfer.TransferId },
                cancellationToken);
        }

        return transfer;
    }
}
