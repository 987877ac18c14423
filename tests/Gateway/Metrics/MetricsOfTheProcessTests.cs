using System.Net.Http.Headers;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Gateway.Metrics;

/// <summary>What a real process, with a real database and chain, shows.</summary>
public sealed class MetricsOfTheProcessTests
{
    private static readonly string[] LookedAt = ["cluster_ready", "cluster_campaigns_open"];

    [Fact]
    public async Task Promtool_finds_no_fault_and_the_page_names_every_metric_and_label()
    {
        await using var database = await TestDatabase.Create();
        await using var localnet = await LocalnetProcess.StartAsync();
        await using var cluster = await ClusterProcess.Start(database, localnet);
        using var http = new HttpClient { BaseAddress = cluster.HttpAddress };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", cluster.AdministratorKey);
        using var made = await http.PostAsync(
            "/v1/Wallets/CreateWallet",
            new StringContent("""{"requestId":"r1","walletId":"treasury","kind":"TREASURY"}""", new MediaTypeHeaderValue("application/json")));
        using var refused = await http.PostAsync(
            "/v1/Wallets/GetWallet",
            new StringContent("""{"walletId":"nobody"}""", new MediaTypeHeaderValue("application/json")));
        Assert.True(made.IsSuccessStatusCode);

        // What is looked at every few seconds has not been looked at in the first moment.
        string text;
        IReadOnlyList<PrometheusSample> samples;
        do
        {
            text = await http.GetStringAsync("/metrics");
            samples = PrometheusSamples.Read(text);
        }
        while (!LookedAt.All(name => samples.Any(sample => sample.Name == name)));

        var (exitCode, output) = await Promtool.Run(".", text, "check", "metrics");

        Assert.True(exitCode == 0, output);
        Assert.Equal(1, samples.ValueOf("cluster_calls_total", ("rpc", "cluster.v1.Wallets.CreateWallet")));
        Assert.Equal(1, samples.ValueOf("cluster_ready", ("part", "solana_rpc")));
        Assert.Equal(0, samples.ValueOf("cluster_campaigns_open", ("state", "stalled")));
        Assert.Equal(1, samples.ValueOf("cluster_sender_node_ready"));
        Assert.Contains(samples, sample => sample.Name == "cluster_activations" && sample.Value >= 1);
        Assert.Contains(samples, sample => sample.Name == "dotnet_process_memory_working_set_bytes" && sample.Value > 1_000_000);
        Assert.Contains(samples, sample => sample.Name == "kestrel_active_connections" && sample.Value >= 1);
        Assert.Contains(samples, sample => sample.Name == "db_client_connections");
        var documented = MetricsPage.Rows();
        foreach (var sample in samples)
        {
            var row = Assert.Single(documented, row => sample.Name == row.Name || (row.Type == "histogram" && sample.Name.StartsWith($"{row.Name}_", StringComparison.Ordinal)));
            var unknown = string.Join(", ", sample.Labels.Keys.Except([.. row.Labels, "le"]));
            Assert.True(unknown.Length == 0, $"docs/metrics.md does not say that {row.Name} has {unknown}");
        }
    }
}
