using System.CommandLine;
using Cluster.Cli.Connection;
using Cluster.Cli.Output;
using Cluster.V1;
using Spectre.Console;

namespace Cluster.Cli.Campaigns;

/// <summary><c>cluster airdrop FILE</c>: create, upload, estimate, ask, start, watch.</summary>
internal static class AirdropCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var file = RecipientsUpload.File();
        var unit = RecipientsUpload.Unit();
        var settings = new CampaignSettings();
        var id = new Option<string?>("--campaign") { Description = "The campaign's id; made from the file's name and the time where it is not given." };
        var yes = new Option<bool>("--yes", "-y") { Description = "Start without asking." };
        var command = new Command("airdrop", "Pay everybody in a CSV file.") { file, unit, id, yes };
        settings.AddTo(command);
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            var path = parsed.GetRequiredValue(file);
            var campaignId = parsed.GetValue(id);
            if (campaignId is null)
            {
                // Whoever began again without it, after a failure at whatever moment, would pay everybody twice.
                campaignId = IdFor(path);
                await Console.Error.WriteLineAsync($"campaign {campaignId}; after a failure go on with: --campaign {campaignId}");
            }

            await client.Call<Campaign>(settings.Request(parsed, campaignId, $"create:{campaignId}"), cancellationToken);
            var report = await RecipientsUpload.Send(
                client, campaignId, path, RecipientsUpload.UnitOf(parsed.GetValue(unit)), $"upload:{campaignId}", cancellationToken);
            CampaignView.Print(printer, report);
            var estimate = await client.Call<Estimate>(new EstimateCampaignRequest { CampaignId = campaignId }, cancellationToken);
            var decimals = report.Campaign?.Decimals ?? 0;
            CampaignView.Print(printer, estimate, decimals);
            if (CampaignView.Lacks(estimate, decimals) is { Length: > 0 } lacks)
            {
                throw new CommandException(
                    $"the wallet lacks {lacks}; fund it, then: cluster campaign start {campaignId}", ExitCode.Declined);
            }

            if (!parsed.GetValue(yes) && !Confirmed(printer, report, campaignId))
            {
                return ExitCode.Declined;
            }

            await client.Call<Campaign>(
                new StartCampaignRequest { RequestId = $"start:{campaignId}", CampaignId = campaignId }, cancellationToken);
            return CampaignView.Outcome(printer, await CampaignWatch.ToEnd(client, printer, campaignId, cancellationToken));
        });
        return command;
    }

    private static bool Confirmed(Printer printer, UploadReport report, string campaignId)
    {
        if (printer.Json || Console.IsInputRedirected)
        {
            throw new CommandException("nobody is there to confirm; give --yes to start without asking", ExitCode.Usage);
        }

        if (AnsiConsole.Confirm($"Pay {Amounts.Count(report.Campaign?.Recipients ?? 0)} recipients?", defaultValue: false))
        {
            return true;
        }

        AnsiConsole.WriteLine($"Not started. Later: cluster campaign start {campaignId}");
        return false;
    }

    private static string IdFor(FileInfo file)
    {
        var name = new string([.. Path.GetFileNameWithoutExtension(file.Name).ToLowerInvariant()
            .Select(character => char.IsAsciiLetterOrDigit(character) ? character : '-')
            .Take(40)]).Trim('-');
        return $"{(name.Length > 0 ? name : "airdrop")}-{TimeProvider.System.GetUtcNow():yyyyMMdd-HHmmss}";
    }
}
