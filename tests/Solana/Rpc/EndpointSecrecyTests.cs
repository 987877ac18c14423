using Cluster.Solana;
using Xunit;

namespace Cluster.Tests.Solana.Rpc;

public sealed class EndpointSecrecyTests
{
    private const string Key = "c0ffee-5ec2e7-k3y";

    [Theory]
    [InlineData("http://user:" + Key + "@host.example:81/")]
    [InlineData("http://host.example:81/v2/" + Key)]
    [InlineData("http://host.example:81/?api-key=" + Key)]
    public void An_endpoint_shows_itself_by_host_only(string url)
    {
        var endpoint = new RpcEndpoint(new Uri(url));
        using var client = new SolanaRpcClient(endpoint);

        Assert.Equal("host.example:81", endpoint.ToString());
        Assert.Equal("host.example:81", client.ToString());
        Assert.DoesNotContain(Key, new SolanaEndpointOptions { Url = new Uri(url) }.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v2/" + Key)]
    [InlineData("?api-key=" + Key)]
    public async Task A_server_that_repeats_the_key_does_not_get_it_into_an_exception(string path)
    {
        await using var server = await RpcServer.Start();
        using var client = SolanaRpcClientTests.Client(server, path: path);
        var failures = new List<RpcException>();

        server.On("getSlot", _ => throw new RpcFault(-32000, $"invalid api key {Key}\r\nX-Injected: yes"));
        failures.Add(await Assert.ThrowsAsync<RpcException>(() => client.GetSlot()));
        server.OnRequest = http =>
        {
            http.Response.ContentType = "application/json";
            return Wrong.Status(http, 403, $$$"""{"jsonrpc":"2.0","id":1,"error":{"code":-32000,"message":"key {{{Key}}} is not allowed"}}""");
        };
        failures.Add(await Assert.ThrowsAsync<RpcException>(() => client.GetSlot()));
        server.OnRequest = Wrong.BreakConnection;
        failures.Add(await Assert.ThrowsAsync<RpcException>(() => client.GetSlot()));
        await server.DisposeAsync();
        failures.Add(await Assert.ThrowsAsync<RpcException>(() => client.GetSlot()));

        Assert.All(failures, failure => Assert.DoesNotContain(Key, failure.ToString(), StringComparison.OrdinalIgnoreCase));
        Assert.Contains("[redacted]", failures[0].Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', failures[0].Message);
    }

    [Theory]
    [InlineData("ftp://host.example/" + Key)]
    [InlineData("relative/" + Key)]
    public void A_url_that_cannot_be_used_is_refused_without_being_repeated(string url)
    {
        var error = Assert.Throws<ArgumentException>(() => new RpcEndpoint(new Uri(url, UriKind.RelativeOrAbsolute)));

        Assert.DoesNotContain(Key, error.ToString(), StringComparison.Ordinal);
    }
}
