using System.CommandLine;
using Cluster.Cli.Connection;
using Cluster.Cli.Output;
using Cluster.Cli.Verification;
using Cluster.V1;
using Google.Protobuf;

namespace Cluster.Cli.Campaigns;

/// <summary><c>cluster campaign …</c></summary>
internal static class CampaignCommands
{
    private static readonly string[] ListColumns = ["campaign", "state", ">recipients", ">paid", ">failed", "wallet", "mint"];
    private static readonly string[] FailureColumns = ["stage", ">line", "address", ">amount", "reason"];

    /// <summary>The command and its subcommands.</summary>
    public static Command Create() => new("campaign", "Make airdrops step by step, watch them, read what became of them.")
    {
        CreateCampaign(),
        Upload(),
        Estimate(),
        Order("start", "Begin to pay.", (request, id) => new StartCampaignRequest { RequestId = request, CampaignId = id }),
        Order("pause", "No new batches; those in flight settle.", (request, id) => new PauseCampaignRequest { RequestId = request, CampaignId = id }),
        Order("resume", "Go on after a pause.", (request, id) => new ResumeCampaignRequest { RequestId = request, CampaignId = id }),
        Order("cancel", "Stop for good; what is left goes back to the source.", (request, id) => new CancelCampaignRequest { RequestId = request, CampaignId = id }),
        Get(),
        List(),
        Watch(),
        ListFailures(),
        ReportCommand.Create(),
        VerifyCommand.Create(),
    };

    /// <summary>The id of a campaign.</summary>
    internal static Argument<string> CampaignId() => new("campaign") { Description = "The campaign's id." };

    private static Command CreateCampaign()
    {
        var id = CampaignId();
        var settings = new CampaignSettings();
        var command = new Command("create", "Make a campaign without recipients.") { id, Requests.Id };
        settings.AddTo(command);
        command.Calls(async (client, printer, parsed, cancellationToken) => CampaignView.Print(
            printer,
            await client.Call<Campaign>(
                settings.Request(parsed, parsed.GetRequiredValue(id), Requests.IdOf(parsed)), cancellationToken)));
        return command;
    }

    private static Command Upload()
    {
        var id = CampaignId();
        var file = RecipientsUpload.File();
        var unit = RecipientsUpload.Unit();
        var command = new Command("upload", "Add the recipients of a CSV file.") { id, file, unit, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            var report = await RecipientsUpload.Send(
                client,
                parsed.GetRequiredValue(id),
                parsed.GetRequiredValue(file),
                RecipientsUpload.UnitOf(parsed.GetValue(unit)),
                Requests.IdOf(parsed),
                cancellationToken);
            CampaignView.Print(printer, report);
        });
        return command;
    }

    private static Command Estimate()
    {
        var id = CampaignId();
        var command = new Command("estimate", "What a campaign would take, before anything is signed.") { id };
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            var campaignId = parsed.GetRequiredValue(id);
            var campaign = await client.Call<Campaign>(new GetCampaignRequest { CampaignId = campaignId }, cancellationToken);
            var estimate = await client.Call<Estimate>(new EstimateCampaignRequest { CampaignId = campaignId }, cancellationToken);
            CampaignView.Print(printer, estimate, campaign.Decimals);
        });
        return command;
    }

    private static Command Order(string name, string description, Func<string, string, IMessage> request)
    {
        var id = CampaignId();
        var command = new Command(name, description) { id, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) => CampaignView.Print(
            printer,
            await client.Call<Campaign>(request(Requests.IdOf(parsed), parsed.GetRequiredValue(id)), cancellationToken)));
        return command;
    }

    private static Command Get()
    {
        var id = CampaignId();
        var command = new Command("get", "Look at a campaign.") { id };
        command.Calls(async (client, printer, parsed, cancellationToken) => CampaignView.Print(
            printer,
            await client.Call<Campaign>(new GetCampaignRequest { CampaignId = parsed.GetRequiredValue(id) }, cancellationToken)));
        return command;
    }

    private static Command List()
    {
        var state = new Option<CampaignState>("--state") { Description = "Only campaigns in this state." };
        var command = new Command("list", "List campaigns, newest first.") { state };
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            var campaigns = new List<Campaign>();
            var request = new ListCampaignsRequest { PageSize = 1000, State = parsed.GetValue(state) };
            do
            {
                var reply = await client.Call<ListCampaignsReply>(request, cancellationToken);
                campaigns.AddRange(reply.Campaigns);
                request.PageToken = reply.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            printer.Print(campaigns, ListColumns, campaign =>
            [
                campaign.CampaignId,
                CampaignView.State(campaign),
                Amounts.Count(campaign.Recipients),
                Amounts.Count(campaign.Progress?.Paid ?? 0),
                Amounts.Count(campaign.Progress?.Failed ?? 0),
                campaign.WalletId,
                campaign.Mint.Length == 0 ? "SOL" : campaign.Mint,
            ]);
        });
        return command;
    }

    private static Command Watch()
    {
        var id = CampaignId();
        var command = new Command("watch", "Follow a campaign to its end.") { id };
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            var campaign = await CampaignWatch.ToEnd(client, printer, parsed.GetRequiredValue(id), cancellationToken);
            return CampaignView.ExitCodeOf(campaign);
        });
        return command;
    }

    private static Command ListFailures()
    {
        var id = CampaignId();
        var command = new Command("failures", "Rows refused and recipients that could not be paid, with reasons.") { id };
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            var failures = new List<Failure>();
            await foreach (var failure in CampaignFailures.Of(client, parsed.GetRequiredValue(id), cancellationToken))
            {
                failures.Add(failure);
            }

            printer.Print(failures, FailureColumns, failure =>
            [
                failure.Stage.ToString().ToLowerInvariant(),
                Amounts.Count(failure.Line),
                failure.Address,
                failure.Amount,
                failure.Reason,
            ]);
        });
        return command;
    }
}
