using System.Diagnostics.Metrics;
using System.Text;
using Cluster.Gateway.Metrics;
using Cluster.Solana;
using Cluster.Tests.Solana.Rpc;
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

    [Fact]
    public async Task What_is_sent_again_how_old_the_blockhash_is_and_what_nodes_answer_is_measured()
    {
        await using var services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var meters = services.GetRequiredService<IMeterFactory>();
        using var metrics = new PrometheusMetrics(meters, new MetricsOptions(), NullLogger<PrometheusMetrics>.Instance);
        await using var chain = await FakeChain.Start();
        await using var fixture = await SenderFixture.Start(chain, meters: meters);
        var node = chain.Server.Url.Authority;
        chain.Server.On("getBlockHeight", _ => throw new RpcFault(-32602, "invalid params"));

        Assert.DoesNotContain(await Samples(metrics), sample => sample.Name == "cluster_sender_blockhash_age_seconds");
        await fixture.Sender.GetRecentBlockhash(default);
        await Assert.ThrowsAsync<RpcException>(() => fixture.Sender.Rpc.GetBlockHeight());
        var lost = SampleTransactions.One((ulong)chain.Height + 150);
        await fixture.Submit(lost);
        await chain.Until(() => chain.SendsOf(lost).Count > 2);
        var samples = await Samples(metrics);

        Assert.InRange(samples.ValueOf("cluster_sender_resends_total"), 1, chain.SendsOf(lost).Count - 1);
        Assert.InRange(samples.ValueOf("cluster_sender_blockhash_age_seconds"), 0, 60);
        Assert.Equal(1, samples.ValueOf("cluster_sender_node_failures_total", ("node", node), ("reason", "refused")));
        Assert.InRange(samples.ValueOf("cluster_sender_node_reply_seconds_count", ("node", node)), 5, 1_000_000);
    }

    private static async Task<IReadOnlyList<PrometheusSample>> Samples(PrometheusMetrics metrics) =>
        PrometheusSamples.Read(Encoding.UTF8.GetString((await metrics.Scrape(openMetrics: false, TestContext.Current.CancellationToken)).Span));
}
