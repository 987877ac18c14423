using System.Globalization;
using Cluster.Cli.Connection;
using Cluster.Cli.Output;
using Cluster.V1;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Cluster.Cli.Campaigns;

/// <summary>Follows a campaign: a live bar on a terminal, a line every few seconds in a log, JSON for programs.</summary>
internal static class CampaignWatch
{
    private const int BarWidth = 40;

    private static readonly TimeSpan LogEvery = TimeSpan.FromSeconds(5);

    /// <summary>Watches until the campaign has ended.</summary>
    /// <param name="client">The cluster.</param>
    /// <param name="printer">How to print.</param>
    /// <param name="campaignId">The campaign.</param>
    /// <param name="cancellationToken">Gives up; the campaign goes on.</param>
    /// <returns>The campaign in its last state.</returns>
    public static async Task<Campaign> ToEnd(
        ClusterClient client, Printer printer, string campaignId, CancellationToken cancellationToken)
    {
        var request = new WatchCampaignRequest { CampaignId = campaignId };
        var states = client.Follow<Campaign>(request, cancellationToken);
        if (printer.Json)
        {
            return await Each(states, Printer.PrintJson);
        }

        var rates = new ProgressRates(TimeProvider.System);
        if (!AnsiConsole.Profile.Capabilities.Interactive || Console.IsOutputRedirected)
        {
            return await Log(states, rates);
        }

        return await AnsiConsole.Live(Text.Empty).StartAsync(live => Each(states, campaign =>
        {
            rates.Take(campaign);
            live.UpdateTarget(Render(campaign, rates));
        }));
    }

    private static async Task<Campaign> Each(IAsyncEnumerable<Campaign> states, Action<Campaign> show)
    {
        Campaign? last = null;
        await foreach (var campaign in states)
        {
            last = campaign;
            show(campaign);
        }

        return last ?? throw new CommandException("the cluster ended the watch without an answer; watch again", ExitCode.NotCompleted);
    }

    private static async Task<Campaign> Log(IAsyncEnumerable<Campaign> states, ProgressRates rates)
    {
        long? printed = null;
        return await Each(states, campaign =>
        {
            rates.Take(campaign);
            var ended = campaign.State is CampaignState.Completed or CampaignState.Cancelled;
            if (ended || printed is not { } at || TimeProvider.System.GetElapsedTime(at) >= LogEvery)
            {
                printed = TimeProvider.System.GetTimestamp();
                Console.Out.WriteLine(Line(campaign, rates));
            }
        });
    }

    /// <summary>The bar and what stands below it.</summary>
    /// <param name="campaign">The campaign now.</param>
    /// <param name="rates">How fast it goes.</param>
    internal static IRenderable Render(Campaign campaign, ProgressRates rates)
    {
        var progress = campaign.Progress ?? new();
        var total = Math.Max(1, campaign.Recipients);
        var paid = Cells(progress.Paid, total);
        var failed = Math.Min(Cells(progress.Failed, total), BarWidth - paid);
        var flying = Math.Min(Cells(progress.InFlight, total), BarWidth - paid - failed);
        var bar = $"[green]{new string('━', paid)}[/][red]{new string('━', failed)}[/][yellow]{new string('━', flying)}[/]"
            + $"[grey]{new string('━', BarWidth - paid - failed - flying)}[/]";
        var percent = ((double)(progress.Paid + progress.Failed) / total).ToString("P1", CultureInfo.InvariantCulture);
        return new Rows(
            new Markup($"{bar} [bold]{percent}[/] [grey]{CampaignView.State(campaign)}[/]"),
            new Text(Line(campaign, rates)));
    }

    private static int Cells(ulong count, ulong total) => (int)(BarWidth * Math.Min(count, total) / total);

    private static string Line(Campaign campaign, ProgressRates rates)
    {
        var progress = campaign.Progress ?? new();
        var left = campaign.State switch
        {
            CampaignState.Completed or CampaignState.Cancelled => CampaignView.State(campaign),
            CampaignState.Paused => $"paused {campaign.PauseReason}",
            _ when rates.Left == TimeSpan.Zero && progress.Finalized < progress.Paid => "waiting until all is final",
            _ when rates.Left == TimeSpan.Zero => "sweeping lanes",
            _ => rates.Left is { } time ? $"{time:hh\\:mm\\:ss} left" : "starting",
        };
        return $"{Amounts.Count(progress.Paid)} of {Amounts.Count(campaign.Recipients)} paid, {Amounts.Count(progress.InFlight)} in flight, "
            + $"{Amounts.Count(progress.Failed)} failed, {rates.Transactions:N0} tx/s, {rates.Recipients:N0} recipients/s, {left}";
    }
}
