using Cluster.Gateway.Hosting;
using Cluster.Gateway.Metrics;
using Cluster.Tests.Support;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Xunit;

namespace Cluster.Tests.Gateway.Metrics;

/// <summary>docs/metrics.md says what the process shows.</summary>
public sealed class MetricsPageTests
{
    [Fact]
    public async Task Every_metric_of_the_process_stands_there_with_its_type_and_its_help_and_no_other()
    {
        var state = Directory.CreateTempSubdirectory("cluster-metrics-");
        string[] args =
        [
            "--ConnectionStrings:Cluster=Host=127.0.0.1;Username=nobody;Database=none",
            $"--WALLET_ENCRYPTION_KEY={ClusterProcess.WalletEncryptionKey}",
            "--SOLANA_RPC_URL=http://127.0.0.1:1",
            $"--Cluster:StateDirectory={state.FullName}",
        ];

        // Not started: whatever measures is made when the parts are.
        await using var app = GatewayApplication.Build(args, EmbeddedSilo.AddEmbeddedSilo);
        var metrics = app.Services.GetRequiredService<PrometheusMetrics>();
        _ = app.Services.GetServices<IHostedService>().ToList();
        _ = app.Services.GetRequiredService<IServer>();
        _ = app.Services.GetRequiredService<NpgsqlDataSource>();
        _ = app.Services.GetRequiredService<Cluster.Silo.Grains.Lanes.LaneMetrics>();
        state.Delete(recursive: true);

        var shown = metrics.Heads.Select(head => $"| `{head.Name}` | {head.Kind.ToString().ToLowerInvariant()} | {head.Unit} | … | {head.Help} |").ToList();

        var written = MetricsPage.Rows().Select(row => $"| `{row.Name}` | {row.Type} | {row.Unit} | … | {row.Meaning} |").ToList();
        var missing = string.Join('\n', shown.Except(written));
        var wrong = string.Join('\n', written.Except(shown));
        Assert.True(missing.Length == 0 && wrong.Length == 0, $"docs/metrics.md lacks\n{missing}\nand has what no process shows\n{wrong}");
        Assert.Equal(shown.Count, written.Count);
    }
}
