using System.CommandLine;
using Cluster.Cli.Connection;
using Cluster.Cli.Custody;
using Cluster.Cli.Output;
using Cluster.V1;

namespace Cluster.Cli.Wallets;

/// <summary><c>cluster wallet …</c></summary>
internal static class WalletCommands
{
    private static readonly string[] ListColumns = ["wallet", "kind", "address", "label"];
    private static readonly string[] BalanceColumns = ["mint", ">confirmed", ">reserved", ">available", "token account"];
    private static readonly string[] TransferColumns = ["transfer", "status", ">amount", "mint", "destination", "signature"];

    /// <summary>The command and its subcommands.</summary>
    public static Command Create()
    {
        var command = new Command("wallet", "Make wallets, look at them, pay from them.")
        {
            CreateWallet(),
            Get(),
            List(),
            Balances(),
            TransferCommand.Create(),
            Transfer(),
            Transfers(),
        };
        foreach (var custody in CustodyCommands.Create().Concat(LifecycleCommands.Create()))
        {
            command.Subcommands.Add(custody);
        }

        return command;
    }

    /// <summary>The id of a wallet.</summary>
    internal static Argument<string> WalletId() => new("wallet") { Description = "The wallet's id." };

    private static Command CreateWallet()
    {
        var id = WalletId();
        var kind = new Option<WalletKind>("--kind")
        {
            Description = "project, user or treasury.",
            DefaultValueFactory = _ => WalletKind.Project,
        };
        var label = new Option<string>("--label") { Description = "Free text for people.", DefaultValueFactory = _ => "" };
        var command = new Command("create", "Make a wallet with a new key.") { id, kind, label, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) => Print(printer, await client.Call<Wallet>(
            new CreateWalletRequest
            {
                RequestId = Requests.IdOf(parsed),
                WalletId = parsed.GetRequiredValue(id),
                Kind = parsed.GetValue(kind),
                Label = parsed.GetRequiredValue(label),
            },
            cancellationToken)));
        return command;
    }

    private static Command Get()
    {
        var id = WalletId();
        var command = new Command("get", "Look at a wallet.") { id };
        command.Calls(async (client, printer, parsed, cancellationToken) => Print(
            printer,
            await client.Call<Wallet>(new GetWalletRequest { WalletId = parsed.GetRequiredValue(id) }, cancellationToken)));
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "List wallets.");
        command.Calls(async (client, printer, _, cancellationToken) =>
        {
            var wallets = new List<Wallet>();
            var request = new ListWalletsRequest { PageSize = 1000 };
            do
            {
                var reply = await client.Call<ListWalletsReply>(request, cancellationToken);
                wallets.AddRange(reply.Wallets);
                request.PageToken = reply.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            printer.Print(wallets, ListColumns, wallet => [wallet.WalletId, Kind(wallet), wallet.Address, wallet.Label]);
        });
        return command;
    }

    private static Command Balances()
    {
        var id = WalletId();
        var mints = new Option<string[]>("--mint") { Description = "Only these mints (and SOL).", DefaultValueFactory = _ => [] };
        var command = new Command("balances", "What a wallet has, has reserved, and can spend.") { id, mints };
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            var reply = await client.Call<Balances>(
                new GetBalancesRequest { WalletId = parsed.GetRequiredValue(id), Mints = { parsed.GetRequiredValue(mints) } },
                cancellationToken);
            printer.Print(reply.Balances_, BalanceColumns, balance =>
            [
                balance.Mint.Length == 0 ? "SOL" : balance.Mint,
                Amounts.Format(balance.Confirmed, balance.Decimals),
                Amounts.Format(balance.Reserved, balance.Decimals),
                Amounts.Format(balance.Available, balance.Decimals),
                balance.Frozen ? $"{balance.TokenAccount} (frozen)" : balance.TokenAccount,
            ]);
        });
        return command;
    }

    private static Command Transfer()
    {
        var id = WalletId();
        var transfer = new Argument<string>("transfer") { Description = "The transfer's id." };
        var command = new Command("transfer-status", "Look what became of a payment.") { id, transfer };
        command.Calls(async (client, printer, parsed, cancellationToken) => TransferCommand.Print(
            printer,
            await client.Call<Transfer>(
                new GetTransferRequest { WalletId = parsed.GetRequiredValue(id), TransferId = parsed.GetRequiredValue(transfer) },
                cancellationToken)));
        return command;
    }

    private static Command Transfers()
    {
        var id = WalletId();
        var number = new Option<uint>("--number", "-n") { Description = "How many, newest first; 1 to 1,000.", DefaultValueFactory = _ => 20 };
        var command = new Command("transfers", "A wallet's payments, newest first.") { id, number };
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            var reply = await client.Call<ListTransfersReply>(
                new ListTransfersRequest { WalletId = parsed.GetRequiredValue(id), PageSize = parsed.GetValue(number) },
                cancellationToken);
            printer.Print(reply.Transfers, TransferColumns, transfer =>
            [
                transfer.TransferId,
                transfer.Status.ToString().ToLowerInvariant(),
                Amounts.Count(transfer.Amount),
                transfer.Mint.Length == 0 ? "lamports" : transfer.Mint,
                transfer.Destination,
                transfer.Signature,
            ]);
        });
        return command;
    }

    /// <summary>Prints a wallet.</summary>
    /// <param name="printer">How.</param>
    /// <param name="wallet">The wallet.</param>
    internal static void Print(Printer printer, Wallet wallet) => printer.Print(
        wallet,
        ("wallet", wallet.WalletId),
        ("kind", Kind(wallet)),
        ("address", wallet.Address),
        ("label", wallet.Label),
        ("parent", wallet.ParentWalletId),
        ("path", wallet.DerivationPath),
        ("frozen", wallet.FreezeReason),
        ("deletion asked for", wallet.DeletionRequestTime?.ToDateTimeOffset().ToString("u") ?? ""),
        ("deleted", wallet.DeleteTime?.ToDateTimeOffset().ToString("u") ?? ""),
        ("created", wallet.CreateTime?.ToDateTimeOffset().ToString("u") ?? ""));

    private static string Kind(Wallet wallet) => wallet.Kind.ToString().ToLowerInvariant();
}
