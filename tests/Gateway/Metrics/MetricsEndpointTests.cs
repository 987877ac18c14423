using System.Net;
using Cluster.Gateway.Access;
using Cluster.Gateway.Configuration;
using Cluster.Gateway.Health;
using Cluster.Tests.Support;
using Cluster.V1;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cluster.Tests.Gateway.Metrics;

public sealed class MetricsEndpointTests
{
    [Fact]
    public async Task Only_holders_of_view_cluster_are_answered()
    {
        await using var gateway = await GatewayUnderTest.Start();
        var viewer = await gateway.MakeKey(Permission.ViewCluster);
        var shop = await gateway.MakeKey(Permission.SendTokens, Permission.ViewBalance);

        using var nobody = await Get(gateway, key: null);
        using var unknown = await Get(gateway, "not-a-key");
        using var denied = await Get(gateway, shop);
        using var allowed = await Get(gateway, viewer);

        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        Assert.Equal("Bearer", nobody.Headers.WwwAuthenticate.ToString());
        Assert.Equal(HttpStatusCode.Unauthorized, unknown.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, denied.StatusCode);
        Assert.Contains("needs the permission VIEW_CLUSTER", await denied.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, allowed.StatusCode);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", allowed.Content.Headers.ContentType!.ToString());
        var samples = PrometheusSamples.Read(await allowed.Content.ReadAsStringAsync());
        Assert.Equal(2, samples.ValueOf("cluster_gateway_refused_total", ("reason", "unauthenticated"), ("operation", "/metrics")));
        Assert.Equal(1, samples.ValueOf("cluster_gateway_refused_total", ("reason", "denied"), ("operation", "/metrics")));
    }

    [Fact]
    public async Task Without_a_key_it_is_answered_on_loopback_where_that_was_asked_for()
    {
        await using var gateway = await GatewayUnderTest.Start("--Cluster:Metrics:AllowWithoutKey=true");

        using var response = await Get(gateway, key: null);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.NotEmpty(PrometheusSamples.Read(await response.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Without_a_key_and_reachable_from_elsewhere_the_process_does_not_start()
    {
        var refusal = await Assert.ThrowsAsync<InvalidConfigurationException>(
            () => GatewayUnderTest.Start("--Cluster:Metrics:AllowWithoutKey=true", "--Cluster:Http:Address=0.0.0.0"));

        Assert.Contains(refusal.Errors, error => error.StartsWith("Cluster:Metrics:AllowWithoutKey", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1", true)]
    [InlineData("text/plain;version=0.0.4;q=1,application/openmetrics-text;q=0.9", false)]
    [InlineData("application/openmetrics-text;q=0, */*", false)]
    [InlineData("*/*", false)]
    public async Task Open_metrics_is_written_for_who_prefers_it(string accept, bool openMetrics)
    {
        await using var gateway = await GatewayUnderTest.Start("--Cluster:Metrics:AllowWithoutKey=true");

        using var response = await Get(gateway, key: null, accept);

        var text = await response.Content.ReadAsStringAsync();
        Assert.Equal(openMetrics ? "application/openmetrics-text" : "text/plain", response.Content.Headers.ContentType!.MediaType);
        Assert.Equal(openMetrics, text.EndsWith("# EOF\n", StringComparison.Ordinal));
        Assert.NotEmpty(PrometheusSamples.Read(text));
    }

    [Fact]
    public async Task What_the_process_depends_on_is_shown_part_by_part()
    {
        await using var gateway = await GatewayUnderTest.Start("--Cluster:Metrics:AllowWithoutKey=true");

        // The first look is under way when the start ends.
        IReadOnlyList<PrometheusSample> samples;
        do
        {
            using var response = await Get(gateway, key: null);
            samples = PrometheusSamples.Read(await response.Content.ReadAsStringAsync());
        }
        while (!samples.Any(sample => sample.Name == "cluster_ready"));

        Assert.Equal(1, samples.ValueOf("cluster_ready", ("part", "database")));
        Assert.Equal(1, samples.ValueOf("cluster_ready", ("part", "migrations")));
    }

    [Fact]
    public async Task A_database_that_is_away_is_shown_for_as_long_as_it_is()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = await PostgresServer.Start();
        await using var gateway = await GatewayUnderTest.Start(
            await server.CreateDatabase(), null, services => services.AddSingleton<TimeProvider>(time));
        var viewer = await gateway.MakeKey(Permission.ViewCluster);

        await server.Kill();
        time.Advance(KeyRing.Trust + ReadinessMetrics.Period);
        IReadOnlyList<PrometheusSample> samples;
        do
        {
            time.Advance(ReadinessMetrics.Period);
            using var response = await Get(gateway, viewer);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            samples = PrometheusSamples.Read(await response.Content.ReadAsStringAsync());
        }
        while (!samples.Any(sample => sample.Name == "cluster_ready" && sample.Value == 0));

        Assert.Equal(0, samples.ValueOf("cluster_ready", ("part", "database")));
        await server.Restart();
    }

    private static async Task<HttpResponseMessage> Get(GatewayUnderTest gateway, string? key, string? accept = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("authorization", $"Bearer {key}");
        }

        if (accept is not null)
        {
            request.Headers.TryAddWithoutValidation("accept", accept);
        }

        return await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
