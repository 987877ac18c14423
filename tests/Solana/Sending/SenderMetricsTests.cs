using System.Diagnostics.Metrics;
using System.Text;
using Cluster.Gateway.Metrics;
using Cluster.Solana;
using Cluster.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cluster.Tests.Solana.Sending;

public sealed class SenderMetricsTests
{
    [Fact]
    public async Task What_was_taken_on_sent_and_proved_is_counted_once()
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var metrics = new PrometheusMetrics(meters, new MetricsOptions(), NullLogger<PrometheusMetrics>.Instance);
        await using var chain = await FakeChain.Start();
        await using var fixture = await SenderFixture.Start(chain, meters: meters);
        var lost = SampleTransactions.One((ulong)chain.Height + 150);

        await fixture.Submit(lost);
        await fixture.Submit(lost);
        await chain.Until(() => chain.SendsOf(lost).Count > 0);
        var under = await Samples(metrics);
        chain.Pass(300);
        await fixture.Sink.Until(OutcomeKind.Expired);
        IReadOnlyList<PrometheusSample> after;
        do
        {
            // The sink hears of it before it is counted.
            after = await Samples(metrics);
        }
        while (after.ValueOf("cluster_sender_in_flight") > 0);

        Assert.Equal(1, under.ValueOf("cluster_sender_in_flight"));
        Assert.Equal(1, under.ValueOf("cluster_sender_node_ready"));
        Assert.Equal(1, after.ValueOf("cluster_sender_submitted_total"));
        Assert.Equal(1, after.ValueOf("cluster_sender_outcomes_total", ("outcome", "expired")));
        Assert.InRange(after.ValueOf("cluster_sender_sends_total", ("verdict", "accepted")), 1, chain.SendsOf(lost).Count);
    }

    private static async Task<IReadOnlyList<PrometheusSample>> Samples(PrometheusMetrics metrics) =>
        PrometheusSamples.Read(Encoding.UTF8.GetString((await metrics.Scrape(openMetrics: false, TestContext.Current.CancellationToken)).Span));
}
