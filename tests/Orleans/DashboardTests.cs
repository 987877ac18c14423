using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Cluster.Gateway.Access;
using Cluster.OrleansHost.Hosting;
using Cluster.Silo.Grains.Access;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Access;
using Cluster.Silo.Storage.Audit;
using Cluster.Tests.Silo.Hosting;
using Cluster.Tests.Support;
using Cluster.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cluster.Tests.OrleansHost;

/// <summary>The dashboard of a gateway as the executable builds it, over a real silo.</summary>
public sealed class DashboardTests() : HostConformance(new OrleansHosts(1)), IAsyncDisposable
{
    private readonly StateDirectory _state = new();
    private readonly HttpClientHandler _redirectless = new() { AllowAutoRedirect = false };
    private LocalnetProcess? _localnet;
    private WebApplication? _gateway;
    private HttpClient? _http;

    private string ClusterId { get; } = $"test-{Guid.NewGuid():n}";

    [Fact]
    public async Task Nobody_sees_the_dashboard_without_a_key_and_browsers_are_asked_for_one()
    {
        await StartGateway();
        string[] paths = ["/orleans", "/orleans/", "/Orleans/index.html", "/orleans/DashboardCounters", "/orleans/GrainState?grainId=a", "/orleans/Trace", "/orleans/img/x"];

        foreach (var path in paths)
        {
            using var nobody = await Get(path, authorization: null);
            using var wrong = await Get(path, Basic(ApiKeyText.Create().Text));
            Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
            Assert.Equal("Basic realm=\"Cluster\", charset=\"UTF-8\"", nobody.Headers.WwwAuthenticate.ToString());
            Assert.Equal(HttpStatusCode.Unauthorized, wrong.StatusCode);
        }
    }

    [Theory]
    [InlineData("Basic")]
    [InlineData("Basic !!!")]
    [InlineData("Basic bm9jb2xvbg==")]
    [InlineData("Basic OgD//w==")]
    [InlineData("Digest username=\"a\"")]
    public async Task Credentials_that_cannot_be_read_count_as_none(string authorization)
    {
        await StartGateway();

        using var response = await Get("/orleans/", authorization);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task A_key_without_the_permission_is_refused_by_its_name()
    {
        await StartGateway();
        var key = await MakeKey(Permission.ViewBalance);

        using var response = await Get("/orleans/", Basic(key));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains("/orleans needs the permission VIEW_CLUSTER", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_view_the_cluster_gets_the_page_its_script_and_the_counters_of_the_silos()
    {
        await StartGateway();
        var key = await MakeKey(Permission.ViewCluster);

        using var page = await Get("/orleans/", Basic(key));
        using var script = await Get("/orleans/index.min.js", Basic(key));
        var counters = await Counters(key);

        Assert.Equal(HttpStatusCode.OK, page.StatusCode);
        Assert.Equal("text/html", page.Content.Headers.ContentType!.MediaType);
        Assert.Contains("Orleans Dashboard", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("frame-ancestors 'none'", page.Headers.GetValues("Content-Security-Policy").Single(), StringComparison.Ordinal);
        Assert.True(page.Headers.CacheControl!.NoStore);
        Assert.Equal(HttpStatusCode.OK, script.StatusCode);
        Assert.Equal(1, (int)counters["totalActiveHostCount"]!);
    }

    [Fact]
    public async Task Neither_the_state_of_grains_nor_the_log_is_shown_to_anybody()
    {
        await StartGateway();
        var key = await MakeKey(Permission.ViewCluster);

        using var state = await Get("/orleans/GrainState?grainId=a&grainType=probe", Basic(key));
        using var sameState = await Get("/ORLEANS/grainstate/?grainId=a&grainType=probe", Basic(key));
        using var trace = await Get("/orleans/Trace", Basic(key));

        Assert.Equal(HttpStatusCode.NotFound, state.StatusCode);
        Assert.Contains("the state of grains is not shown", await state.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, sameState.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, trace.StatusCode);
    }

    [Fact]
    public async Task What_is_beside_the_dashboard_asks_for_no_key_of_its_own()
    {
        await StartGateway();

        using var live = await Get("/health/live", authorization: null);
        using var beside = await Get("/orleansx", authorization: null);

        Assert.Equal(HttpStatusCode.OK, live.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, beside.StatusCode);
    }

    public new async ValueTask DisposeAsync()
    {
        if (_gateway is not null)
        {
            await _gateway.StopAsync();
            await _gateway.DisposeAsync();
        }

        if (_localnet is not null)
        {
            await _localnet.DisposeAsync();
        }

        _http?.Dispose();
        _redirectless.Dispose();
        _state.Dispose();
        await base.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    private async Task StartGateway()
    {
        var silos = new OrleansClusterUnderTest(ClusterId, Settings);
        await Start(settings => settings, async _ =>
        {
            await silos.AddSilo();
            return silos;
        });
        _localnet = await LocalnetProcess.StartAsync();
        _gateway = OrleansGateway.Build(
        [
            $"--ConnectionStrings:Cluster={Database.ConnectionString}",
            $"--Cluster:StateDirectory={_state.Path}",
            $"--{AuditKeyRing.KeySetting}={TestAuditKeys.Text}",
            $"--SOLANA_RPC_URL={_localnet.Url}",
            $"--Cluster:Orleans:ClusterId={ClusterId}",
            "--Cluster:Grpc:Port=0",
            "--Cluster:Http:Port=0",
        ]);
        await _gateway.StartAsync();
        var addresses = _gateway.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToList();
        _http = new HttpClient(_redirectless) { BaseAddress = new Uri(addresses[1]) };
    }

    private async Task<string> MakeKey(params Permission[] permissions)
    {
        var key = ApiKeyText.Create();
        var services = _gateway!.Services;
        await services.GetRequiredService<ApiKeyStore>().Insert(
            key.ToStored("test", permissions.ToHashSet(), DateTimeOffset.UnixEpoch), Roles.SmallestThatHolds(permissions), new Call(Caller.System("test"), "test"));
        await services.GetRequiredService<KeyRing>().Refresh(TestContext.Current.CancellationToken);
        return key.Text;
    }

    /// <summary>The dashboard's grain learns of the silos a moment after they have come.</summary>
    private async Task<JsonNode> Counters(string key)
    {
        JsonNode? counters = null;
        await Eventually(async () =>
        {
            using var response = await Get("/orleans/DashboardCounters", Basic(key));
            counters = JsonNode.Parse(await response.Content.ReadAsStringAsync());
            return response.StatusCode == HttpStatusCode.OK && (int?)counters?["totalActiveHostCount"] > 0;
        });
        return counters!;
    }

    private static string Basic(string key) => new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"me:{key}"))).ToString();

    private async Task<HttpResponseMessage> Get(string path, string? authorization)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (authorization is not null)
        {
            request.Headers.TryAddWithoutValidation("authorization", authorization);
        }

        return await _http!.SendAsync(request, TestContext.Current.CancellationToken);
    }
}
