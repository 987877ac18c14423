using Cluster.Gateway.Hosting;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Gateway;

/// <summary>The real executable, told to start as it cannot: it says why in sentences, and nothing else.</summary>
public sealed class StartTests
{
    private static readonly Dictionary<string, string> Complete = new()
    {
        // A port that nothing listens on: what these tests look at comes before any connection, or is its refusal.
        ["ConnectionStrings__Cluster"] = "Host=127.0.0.1;Port=1;Username=cluster;Password=hunter2;Database=cluster;Timeout=2",
        ["SOLANA_RPC_URL"] = "http://127.0.0.1:1",
        ["WALLET_ENCRYPTION_KEY"] = ClusterProcess.WalletEncryptionKey,
        ["AUDIT_HMAC_KEY"] = TestAuditKeys.Text,
        ["Cluster__StateDirectory"] = "/nonexistent",
    };

    [Fact]
    public async Task Everything_that_is_wrong_is_said_at_once()
    {
        var (exitCode, output) = await ClusterProcess.Run(With(
            ("Cluster__Grpc__Prot", "5000"),
            ("Cluster__Http__Port", "eighty"),
            ("Cluster__Limits__MaxMessageBytes", "1"),
            ("Cluster__Storage__MaxPoolSize", "0"),
            ("Cluster__Solana__PriorityFeePercentile", "101"),
            ("Cluster__Solana__Endpoints__0__Ulr", "http://127.0.0.1:1"),
            ("Cluster__Acess__KeyRefreshSeconds", "5"),
            ("WALLET_MAX_TRANSACTION_AMOUNT", "lots")));

        Assert.Equal(StartFailure.Misconfigured, exitCode);
        var lines = Lines(output);
        Assert.All(lines, line => Assert.StartsWith("error: ", line, StringComparison.Ordinal));
        AssertOne(lines, "Cluster:Grpc:Prot is not an option; the nearest one is Cluster:Grpc:Port.");
        AssertOne(lines, "Cluster:Http:Port is 'eighty': it must be a whole number in range.");
        AssertOne(lines, "Cluster:Limits:MaxMessageBytes is '1': it must be from 1024 to 67108864.");
        AssertOne(lines, "MaxPoolSize is 0");
        AssertOne(lines, "PriorityFeePercentile");
        AssertOne(lines, "Cluster:Solana:Endpoints:0:Ulr is not an option; the nearest one is Cluster:Solana:Endpoints:0:Url.");
        AssertOne(lines, "Cluster:Acess is not an option; the nearest one is Cluster:Access.");
        AssertOne(lines, "WALLET_MAX_TRANSACTION_AMOUNT is 'lots'");
    }

    [Theory]
    [InlineData("Cluster__Grpc__Address", "0.0.0.0")]
    [InlineData("Cluster__Http__Address", "::")]
    public async Task An_address_that_others_can_reach_needs_tls(string option, string address)
    {
        var (exitCode, output) = await ClusterProcess.Run(With((option, address)));

        Assert.Equal(StartFailure.Misconfigured, exitCode);
        Assert.Contains("that needs TLS", Assert.Single(Lines(output)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("WALLET_ENCRYPTION_KEY", "")]
    [InlineData("WALLET_ENCRYPTION_KEY", "c2hvcnQ=")]
    [InlineData("SOLANA_RPC_URL", "")]
    [InlineData("SOLANA_NETWORK", "mainet")]
    [InlineData("ConnectionStrings__Cluster", "")]
    public async Task What_is_missing_or_cannot_be_read_is_named(string name, string value)
    {
        var (exitCode, output) = await ClusterProcess.Run(With((name, value)));

        Assert.Equal(StartFailure.Misconfigured, exitCode);
        Assert.Contains(name.Replace("__", ":", StringComparison.Ordinal), Assert.Single(Lines(output)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_is_away_is_a_sentence_without_the_password_or_a_stack_trace()
    {
        var (exitCode, output) = await ClusterProcess.Run(Complete);

        Assert.Equal(StartFailure.Unavailable, exitCode);
        Assert.Contains("PostgreSQL cannot be reached", output, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_solana_node_that_is_away_or_of_another_network_is_a_sentence()
    {
        await using var database = await TestDatabase.Create();
        await using var localnet = await LocalnetProcess.StartAsync();

        var away = await ClusterProcess.Run(With(
            ("ConnectionStrings__Cluster", database.ConnectionString),
            ("Cluster__Solana__StartTimeout", "00:00:01")));
        var other = await ClusterProcess.Run(With(
            ("ConnectionStrings__Cluster", database.ConnectionString),
            ("SOLANA_RPC_URL", localnet.Url.ToString()),
            ("SOLANA_NETWORK", "mainnet-beta")));

        Assert.All([away, other], start =>
        {
            Assert.Equal(StartFailure.Unavailable, start.ExitCode);
            Assert.DoesNotContain("   at ", start.Output, StringComparison.Ordinal);
        });
        Assert.Contains("no Solana endpoint answered within 1 s", away.Output, StringComparison.Ordinal);
        Assert.Contains("but Solana:Network is MainnetBeta", other.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_a_sentence()
    {
        await using var database = await TestDatabase.Create();
        await using var localnet = await LocalnetProcess.StartAsync();
        await using var first = await ClusterProcess.Start(database, localnet);
        var folder = Directory.CreateTempSubdirectory("cluster-start-").FullName;

        var (exitCode, output) = await ClusterProcess.Run(With(
            ("ConnectionStrings__Cluster", database.ConnectionString),
            ("SOLANA_RPC_URL", localnet.Url.ToString()),
            ("Cluster__StateDirectory", folder),
            ("Cluster__Grpc__Port", $"{first.GrpcAddress.Port}"),
            ("Cluster__Http__Port", "0")));
        Directory.Delete(folder, recursive: true);

        Assert.Equal(StartFailure.Unavailable, exitCode);
        Assert.Contains($"{first.GrpcAddress.Port}", output, StringComparison.Ordinal);
        Assert.Contains("Cluster:Grpc:Port", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    private static void AssertOne(IEnumerable<string> lines, string part) =>
        Assert.Single(lines, line => line.Contains(part, StringComparison.Ordinal));

    private static List<string> Lines(string output) =>
        [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private static Dictionary<string, string> With(params (string Name, string Value)[] changes)
    {
        var environment = new Dictionary<string, string>(Complete);
        foreach (var (name, value) in changes)
        {
            environment[name] = value;
        }

        return environment;
    }
}
