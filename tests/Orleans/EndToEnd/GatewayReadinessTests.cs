using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.OrleansHost.EndToEnd;

[Collection(EndToEndGroup.Name)]
public sealed class GatewayReadinessTests
{
    [Fact]
    public async Task A_gateway_whose_silos_are_all_dead_is_not_ready_and_is_again_once_one_has_come_back()
    {
        await using var database = await TestDatabase.Create();
        await using var localnet = await LocalnetProcess.StartAsync();
        await using var cluster = await ProcessCluster.Start(silos: 1, gateways: 1, database, localnet);
        var gateway = cluster.Gateways[0];

        await cluster.Silos[0].Kill();
        await Until(async () => !await gateway.IsReady());
        await cluster.Silos[0].Restart();

        await Until(gateway.IsReady);
    }

    private static async Task Until(Func<Task<bool>> holds)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await holds())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(200), patience.Token);
        }
    }
}
