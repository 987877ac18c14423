using System.Diagnostics.Metrics;
using System.Text;
using Cluster.Gateway.Metrics;
using Cluster.Silo.Grains.Campaigns;
using Cluster.Silo.Storage.Campaigns;
using Cluster.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cluster.Tests.Silo.Campaigns;

public sealed class OpenCampaignsTests
{
    [Fact]
    public async Task Campaigns_are_counted_by_state_and_not_shown_while_nobody_can_count_them()
    {
        var time = new FakeTimeProvider();
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var metrics = new PrometheusMetrics(meters, new MetricsOptions(), NullLogger<PrometheusMetrics>.Instance);
        await using var server = await PostgresServer.Start();
        var database = await server.CreateDatabase();
        await database.Execute(
            """
            insert into wallets (wallet_id, kind, address, created_at) values ('source', 'project', decode(repeat('01', 32), 'hex'), now());
            insert into campaigns (campaign_id, wallet_id, decimals, state, pause_reason, duplicates, off_curve, created_at)
              select state || number, 'source', 9, state, reason, 'keep', 'allow', now()
              from (values ('draft', '', 9), ('running', '', 3), ('paused', '', 2), ('paused', 'a lane ran short', 1), ('completed', '', 9)) made (state, reason, many)
              cross join lateral (select reason || n as number from generate_series(1, many) n) numbered;
            """);
        using var counting = new OpenCampaigns(new CampaignStore(database.Open()), meters, time, NullLogger<OpenCampaigns>.Instance);
        await counting.StartAsync(TestContext.Current.CancellationToken);

        var counted = await When(metrics, time, open => open.Count > 0);
        await server.Kill();
        var away = await When(metrics, time, open => open.Count == 0);
        await server.Restart();
        var back = await When(metrics, time, open => open.Count > 0);
        await counting.StopAsync(TestContext.Current.CancellationToken);

        Assert.Equal(new() { ["running"] = 3, ["paused"] = 2, ["stalled"] = 1, ["cancelling"] = 0 }, counted);
        Assert.Empty(away);
        Assert.Equal(counted, back);
    }

    /// <summary>The figures once they are as expected; the clock goes on meanwhile.</summary>
    private static async Task<Dictionary<string, double>> When(PrometheusMetrics metrics, FakeTimeProvider time, Func<Dictionary<string, double>, bool> expected)
    {
        while (true)
        {
            var text = Encoding.UTF8.GetString((await metrics.Scrape(openMetrics: false, TestContext.Current.CancellationToken)).Span);
            var open = PrometheusSamples.Read(text)
                .Where(sample => sample.Name == "cluster_campaigns_open")
                .ToDictionary(sample => sample.Labels["state"], sample => sample.Value);
            if (expected(open))
            {
                return open;
            }

            time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }
    }
}
