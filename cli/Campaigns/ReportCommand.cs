using System.CommandLine;
using System.Globalization;
using Cluster.Cli.Connection;
using Cluster.V1;

namespace Cluster.Cli.Campaigns;

/// <summary><c>cluster campaign report</c></summary>
internal static class ReportCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var id = CampaignCommands.CampaignId();
        var output = new Option<FileInfo?>("--output", "-o") { Description = "Write the CSV there; standard output where it is not given." };
        var command = new Command("report", "What became of each recipient, as CSV (or JSON with --json).") { id, output };
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            var file = parsed.GetValue(output);
            await using var writer = file is null ? Console.Out : new StreamWriter(file.FullName);
            if (!printer.Json)
            {
                await writer.WriteLineAsync("line,address,base_units,status,final,signature,reason");
            }

            await foreach (var row in CampaignReport.Rows(client, parsed.GetRequiredValue(id), cancellationToken))
            {
                await writer.WriteLineAsync(printer.Json ? row.ToString() : Csv(row));
            }
        });
        return command;
    }

    private static string Csv(ReportRow row)
    {
        var status = row.Status switch
        {
            RecipientStatus.RecipientPaid => "paid",
            RecipientStatus.RecipientFailed => "failed",
            RecipientStatus.RecipientInFlight => "in flight",
            _ => "waiting",
        };
        var reason = row.Reason.AsSpan().IndexOfAny(",\"\n") < 0 ? row.Reason : $"\"{row.Reason.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{row.Line},{row.Address},{row.Amount},{status},{(row.Finalized ? "yes" : "no")},{row.Signature},{reason}");
    }
}
