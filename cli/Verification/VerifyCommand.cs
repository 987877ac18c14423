using System.CommandLine;
using Cluster.Cli.Campaigns;
using Cluster.Cli.Connection;
using Cluster.Cli.Output;
using Cluster.Solana;
using Cluster.V1;
using Spectre.Console;

namespace Cluster.Cli.Verification;

/// <summary><c>cluster campaign verify</c>: what the file owed against what the ledger holds.</summary>
internal static class VerifyCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var id = CampaignCommands.CampaignId();
        var file = RecipientsUpload.File();
        var unit = RecipientsUpload.Unit();
        var rpc = new Option<Uri>("--rpc") 
        {
            Description = "The Solana endpoint that is asked, past the cluster.",
            Required = true,
            CustomParser = UrlOption.Parser,
        };
        var before = new Option<string?>("--before") { Description = "Balances from before the start, by --snapshot; none where every recipient had nothing." };
        var snapshot = new Option<string?>("--snapshot") { Description = "Only write the recipients' balances of now to this file." };
        var command = new Command("verify", "Read every recipient's balance from the ledger and compare it with what was owed.")
        {
            id, file, unit, rpc, before, snapshot,
        };
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            var campaign = await client.Call<Campaign>(new GetCampaignRequest { CampaignId = parsed.GetRequiredValue(id) }, cancellationToken);
            var owed = await Owed.Read(
                client, campaign, parsed.GetRequiredValue(file), RecipientsUpload.UnitOf(parsed.GetValue(unit)), cancellationToken);
            using var node = new SolanaRpcClient(new RpcEndpoint(parsed.GetRequiredValue(rpc)));
            PublicKey? mint = campaign.Mint.Length == 0 ? null : PublicKey.Parse(campaign.Mint);
            var balances = await new LedgerBalances(node).Read(owed.Amounts.Keys, mint, cancellationToken);
            if (parsed.GetValue(snapshot) is { } path)
            {
                BalanceSnapshot.Write(path, balances);
                return ExitCode.Success;
            }

            var audit = LedgerAudit.Compare(
                owed.Amounts, balances, parsed.GetValue(before) is { } earlier ? BalanceSnapshot.Read(earlier) : []);
            Print(printer, campaign, owed, audit);
            return audit.Exact && campaign.State == CampaignState.Completed ? ExitCode.Success : ExitCode.LedgerDiffers;
        });
        return command;
    }

    private static void Print(Printer printer, Campaign campaign, OwedAmounts owed, LedgerAudit audit)
    {
        var progress = campaign.Progress ?? new();
        var seconds = (campaign.EndTime?.ToDateTimeOffset() - campaign.StartTime?.ToDateTimeOffset())?.TotalSeconds ?? 0;
        var rows = new List<(string, string)>
        {
            ("recipients", Amounts.Count(campaign.Recipients)),
            ("paid", $"{Amounts.Count(progress.Paid)} ({Amounts.Format(progress.PaidAmount, campaign.Decimals)})"),
            ("failed", Amounts.Count(progress.Failed)),
            ("rows refused", Amounts.Count(campaign.RejectedRows)),
        };
        rows.AddRange(owed.Reasons.OrderByDescending(reason => reason.Value).Take(10)
            .Select(reason => ($"  {Amounts.Count(reason.Value)} ×", reason.Key)));
        rows.AddRange(
        [
            ("transactions", Amounts.Count(progress.Transactions)),
            ("fees", Amounts.Sol(progress.Fees)),
            ("rent", Amounts.Sol(progress.Rent)),
            ("seconds", $"{seconds:N1} from the start until all was final and swept"),
            ("recipients a second", seconds > 0 ? $"{progress.Paid / seconds:N0}" : ""),
            ("ledger", audit.Exact
                ? $"exactly what was owed to {Amounts.Count((ulong)owed.Amounts.Count)} addresses"
                : $"{Amounts.Count((ulong)audit.Differences.Count)} of {Amounts.Count((ulong)owed.Amounts.Count)} addresses differ"),
        ]);
        printer.Print(campaign, [.. rows]);
        foreach (var difference in audit.Differences.Take(10))
        {
            AnsiConsole.MarkupLineInterpolated(
                $"[red]{difference.Address}[/] was owed {Amounts.Count(difference.Owed)} and got {difference.Received:N0} base units");
        }
    }
}
