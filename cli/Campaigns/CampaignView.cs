using Cluster.Cli.Output;
using Cluster.V1;
using Spectre.Console;

namespace Cluster.Cli.Campaigns;

/// <summary>How campaigns look to people.</summary>
internal static class CampaignView
{
    private const int ShownFailures = 10;

    /// <summary>The state in lower case.</summary>
    /// <param name="campaign">The campaign.</param>
    public static string State(Campaign campaign) => campaign.State.ToString().ToLowerInvariant();

    /// <summary>Prints a campaign.</summary>
    /// <param name="printer">How.</param>
    /// <param name="campaign">The campaign.</param>
    public static void Print(Printer printer, Campaign campaign)
    {
        var progress = campaign.Progress ?? new();
        printer.Print(
            campaign,
            ("campaign", campaign.CampaignId),
            ("name", campaign.Name),
            ("state", State(campaign)),
            ("paused because", campaign.PauseReason),
            ("wallet", campaign.WalletId),
            ("mint", campaign.Mint.Length == 0 ? "SOL" : campaign.Mint),
            ("recipients", Amounts.Count(campaign.Recipients)),
            ("owed", Amounts.Format(campaign.TotalAmount, campaign.Decimals)),
            ("paid", $"{Amounts.Count(progress.Paid)} ({Amounts.Format(progress.PaidAmount, campaign.Decimals)})"),
            ("in flight", Amounts.Count(progress.InFlight)),
            ("failed", Amounts.Count(progress.Failed)),
            ("rows refused", Amounts.Count(campaign.RejectedRows)),
            ("transactions", Amounts.Count(progress.Transactions)),
            ("fees", Amounts.Sol(progress.Fees)),
            ("rent", Amounts.Sol(progress.Rent)));
    }

    /// <summary>Prints what an upload made of a file.</summary>
    /// <param name="printer">How.</param>
    /// <param name="report">The cluster's answer.</param>
    public static void Print(Printer printer, UploadReport report)
    {
        var decimals = report.Campaign?.Decimals ?? 0;
        printer.Print(
            report,
            ("rows", Amounts.Count(report.Rows)),
            ("accepted", Amounts.Count(report.Accepted)),
            ("merged", Amounts.Count(report.Merged)),
            ("refused", Amounts.Count(report.Rejected)),
            ("owed", Amounts.Format(report.TotalAmount, decimals)));
        if (printer.Json || report.Rejected == 0)
        {
            return;
        }

        foreach (var failure in report.Failures.Take(ShownFailures))
        {
            AnsiConsole.MarkupLineInterpolated($"[yellow]line {failure.Line}:[/] {failure.Reason}");
        }

        if (report.Rejected > ShownFailures)
        {
            AnsiConsole.WriteLine($"… and {Amounts.Count(report.Rejected - ShownFailures)} more: cluster campaign failures {report.CampaignId}");
        }
    }

    /// <summary>Prints an estimate.</summary>
    /// <param name="printer">How.</param>
    /// <param name="estimate">The cluster's answer.</param>
    /// <param name="decimals">Of the mint.</param>
    public static void Print(Printer printer, Estimate estimate, uint decimals) => printer.Print(
        estimate,
        ("recipients", Amounts.Count(estimate.Recipients)),
        ("owed", Amounts.Format(estimate.TotalAmount, decimals)),
        ("lanes", Amounts.Count(estimate.Lanes)),
        ("transactions", Amounts.Count(estimate.Transactions)),
        ("accounts to make", Amounts.Count(estimate.TokenAccountsToCreate)),
        ("rent", Amounts.Sol(estimate.Rent)),
        ("fees", Amounts.Sol(estimate.Fees)),
        ("needed at the start", Amounts.Sol(estimate.RequiredLamports)),
        ("the source has", $"{Amounts.Format(estimate.SourceTokens, decimals)} and {Amounts.Sol(estimate.SourceLamports)}"),
        ("the source lacks", Lacks(estimate, decimals)));

    /// <summary>What a source lacks; empty where it has enough.</summary>
    /// <param name="estimate">The cluster's answer.</param>
    /// <param name="decimals">Of the mint.</param>
    public static string Lacks(Estimate estimate, uint decimals) => (estimate.MissingTokens, estimate.MissingLamports) switch
    {
        (0, 0) => "",
        (0, var lamports) => Amounts.Sol(lamports),
        (var tokens, 0) => $"{Amounts.Format(tokens, decimals)} tokens",
        var (tokens, lamports) => $"{Amounts.Format(tokens, decimals)} tokens and {Amounts.Sol(lamports)}",
    };

    /// <summary>Prints how a campaign ended.</summary>
    /// <param name="printer">How.</param>
    /// <param name="campaign">The campaign in its last state.</param>
    /// <returns>The exit code.</returns>
    public static int Outcome(Printer printer, Campaign campaign)
    {
        Print(printer, campaign);
        return ExitCodeOf(campaign);
    }

    /// <summary>What a shell learns of a campaign's end.</summary>
    /// <param name="campaign">The campaign in its last state.</param>
    public static int ExitCodeOf(Campaign campaign) =>
        campaign.State == CampaignState.Completed ? ExitCode.Success : ExitCode.NotCompleted;
}
