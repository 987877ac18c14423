using Cluster.Silo.Hosting;
using Cluster.Tests.EndToEnd;
using Cluster.Tests.Gateway;
using Cluster.Tests.Support;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.Cli;

/// <summary>The executable at a gateway whose answers are lost.</summary>
public sealed class AirdropCommandTests
{
    private const string Advice = "after a failure go on with: --campaign ";

    [Fact]
    public async Task An_airdrop_that_failed_says_how_to_go_on_with_the_same_campaign_instead_of_paying_everybody_again()
    {
        await using var gateway = await GatewayUnderTest.Start();
        gateway.Operations.Answer = (_, _, _) => throw new ClusterException(StatusCode.Internal, "internal error");
        var cluster = new AtGateway(gateway);
        var file = Path.Combine(Directory.CreateTempSubdirectory("cluster-airdrop-").FullName, "team.csv");
        await File.WriteAllTextAsync(file, "address,base_units\na,1\n");

        var (_, output) = await CommandLine.Run(cluster, "airdrop", file, "--wallet", "treasury", "--yes");
        var campaign = output[(output.IndexOf(Advice, StringComparison.Ordinal) + Advice.Length)..].Split('\n')[0];
        await CommandLine.Run(cluster, "airdrop", file, "--wallet", "treasury", "--yes", "--campaign", campaign);

        Assert.StartsWith("team-", campaign, StringComparison.Ordinal);
        var requests = gateway.Operations.Received.Select(received => received.Request).OfType<CreateCampaignRequest>().ToList();
        Assert.Equal(2, requests.Count);
        Assert.Equal(requests[0], requests[1]);
        Directory.Delete(Path.GetDirectoryName(file)!, recursive: true);
    }

    private sealed class AtGateway(GatewayUnderTest gateway) : IRunningCluster
    {
        public IReadOnlyList<Uri> Servers => [gateway.GrpcAddress];

        public string AdministratorKey => gateway.AdministratorKey;

        public string Output => "";

        public Task Crash() => throw new NotSupportedException("the gateway is the test's own process");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
