using System.Net;
using System.Text.Json.Nodes;
using Cluster.Gateway.Health;
using Cluster.Grpc.Health.V1;
using Cluster.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cluster.Tests.Gateway;

public sealed class HealthTests
{
    [Fact]
    public async Task A_started_gateway_is_live_and_ready_and_says_so_over_both_protocols()
    {
        await using var gateway = await GatewayUnderTest.Start();

        using var live = await gateway.Http.GetAsync("/health/live", TestContext.Current.CancellationToken);
        using var ready = await gateway.Http.GetAsync("/health/ready", TestContext.Current.CancellationToken);
        var check = HealthReflection.Descriptor.Services[0].FindMethodByName("Check");
        var whole = await gateway.CallGrpc(check, new HealthCheckRequest(), key: null);
        var service = await gateway.CallGrpc(check, new HealthCheckRequest { Service = "cluster.v1.Wallets" }, key: null);

        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        var report = JsonNode.Parse(await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal("ready", (string?)report["status"]);
        Assert.Equal("ok", (string?)report["parts"]!["database"]!["status"]);
        Assert.Equal("ok", (string?)report["parts"]!["migrations"]!["status"]);
        Assert.All([whole, service], reply => Assert.Equal(HealthCheckResponse.Types.ServingStatus.Serving, ((HealthCheckResponse)reply).Status));
    }

    [Fact]
    public async Task A_database_that_goes_away_and_comes_back_is_seen()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var server = await PostgresServer.Start();
        var database = await server.CreateDatabase();
        var gateway = await GatewayUnderTest.Start(database, null, services => services.AddSingleton<TimeProvider>(time));
        Assert.Equal("ready", (string?)(await Report(gateway))["status"]);

        await server.Kill();
        time.Advance(Readiness.Freshness);
        var away = await Report(gateway);
        await server.Restart();
        time.Advance(Readiness.Freshness);
        var back = await Report(gateway);

        Assert.Equal("not ready", (string?)away["status"]);
        Assert.Equal("failing", (string?)away["parts"]!["database"]!["status"]);
        Assert.NotEmpty((string)away["parts"]!["database"]!["reason"]!);
        Assert.Equal("ready", (string?)back["status"]);
        await gateway.DisposeAsync();
    }

    [Fact]
    public async Task A_database_without_the_schema_of_this_build_is_seen()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var gateway = await GatewayUnderTest.Start(null, null, services => services.AddSingleton<TimeProvider>(time));
        await gateway.Database.Execute("delete from schema_migrations");
        time.Advance(Readiness.Freshness);

        var report = await Report(gateway);

        Assert.Equal("not ready", (string?)report["status"]);
        Assert.Contains("0 of", (string)report["parts"]!["migrations"]!["reason"]!, StringComparison.Ordinal);
        Assert.Equal("ok", (string?)report["parts"]!["database"]!["status"]);
    }

    [Fact]
    public async Task A_part_that_does_not_answer_or_breaks_fails_alone_and_many_askers_cost_one_question()
    {
        var time = new FakeTimeProvider();
        var good = new Part("good", _ => Task.FromResult<string?>(null));
        var silent = new Part("silent", async token =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return null;
        });
        var broken = new Part("broken", _ => throw new InvalidOperationException("secret detail"));
        using var readiness = new Readiness([good, silent, broken], time, NullLogger<Readiness>.Instance);

        var asked = Task.WhenAll(Enumerable.Range(0, 100).Select(_ => readiness.Report(CancellationToken.None)));
        await time.TimersArmedAsync(1, TestContext.Current.CancellationToken);
        time.Advance(Readiness.Patience);
        var reports = await asked;

        var report = Assert.Single(reports.Distinct());
        Assert.False(report.IsReady);
        Assert.Null(report.Parts["good"].Reason);
        Assert.Equal("no answer within 2 seconds", report.Parts["silent"].Reason);
        Assert.DoesNotContain("secret", report.Parts["broken"].Reason, StringComparison.Ordinal);
        Assert.Equal(1, good.Asked);
    }

    [Fact]
    public async Task Reflection_lists_the_public_services_and_no_internal_one()
    {
        await using var gateway = await GatewayUnderTest.Start();
        var info = Cluster.Grpc.Reflection.V1.ReflectionReflection.Descriptor.Services[0].Methods[0];
        using var call = gateway.Channel.DuplexStreaming<Cluster.Grpc.Reflection.V1.ServerReflectionRequest, Cluster.Grpc.Reflection.V1.ServerReflectionResponse>(info);
        await call.WriteAsync(new Cluster.Grpc.Reflection.V1.ServerReflectionRequest { ListServices = "" }, TestContext.Current.CancellationToken);
        await call.CompleteAsync();

        var names = new List<string>();
        await foreach (var reply in call.Responses)
        {
            names.AddRange(reply.ListServicesResponse.Service.Select(service => service.Name));
        }

        Assert.Contains("cluster.v1.Wallets", names);
        Assert.Contains("cluster.v1.Campaigns", names);
        Assert.Contains("grpc.health.v1.Health", names);
        Assert.DoesNotContain("cluster.v1.Signers", names);
        Assert.DoesNotContain("cluster.v1.WalletOperations", names);
    }

    private static async Task<JsonNode> Report(GatewayUnderTest gateway)
    {
        using var response = await gateway.Http.GetAsync("/health/ready", TestContext.Current.CancellationToken);
        var report = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal((string?)report["status"] == "ready" ? HttpStatusCode.OK : HttpStatusCode.ServiceUnavailable, response.StatusCode);
        return report;
    }

    private sealed class Part(string name, Func<CancellationToken, Task<string?>> find) : IReadinessCheck
    {
        private int _asked;

        public string Name => name;

        public int Asked => _asked;

        public Task<string?> FindFault(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _asked);
            return find(cancellationToken);
        }
    }
}
