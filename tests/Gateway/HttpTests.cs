using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Cluster.Silo.Hosting;
using Cluster.V1;
using Google.Protobuf;
using Xunit;

namespace Cluster.Tests.Gateway;

public sealed class HttpTests
{
    [Fact]
    public async Task A_transfer_goes_through_json_with_every_digit()
    {
        await using var gateway = await GatewayUnderTest.Start();
        gateway.Operations.Answer = static (_, request, _) =>
            Task.FromResult<IMessage>(new Transfer { TransferId = "t", Amount = ((TransferRequest)request).Amount, Status = TransferStatus.Pending });

        var (status, body, response) = await gateway.CallJson(
            "Wallets/Transfer",
            """{"requestId":"r","walletId":"w","destination":"d","amount":"9007199254740993"}""",
            gateway.AdministratorKey,
            ("x-request-id", "mine"));

        Assert.Equal(200, status);
        Assert.Equal("9007199254740993", (string?)body!["amount"]);
        Assert.Equal("PENDING", (string?)body["status"]);
        Assert.Equal("mine", response.Headers.GetValues("x-request-id").Single());
    }

    [Fact]
    public async Task A_stream_is_answered_line_by_line_and_says_on_its_last_line_why_it_broke()
    {
        await using var gateway = await GatewayUnderTest.Start();
        gateway.Operations.Answers = static (_, _, _) => Broken();

        var (status, body, response) = await gateway.CallJson("Campaigns/WatchCampaign", """{"campaignId":"c"}""", gateway.AdministratorKey);

        Assert.Equal(200, status);
        Assert.Equal("application/x-ndjson", response.Content.Headers.ContentType!.MediaType);
        var lines = ((string)body!).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(["a", "b"], lines.Take(2).Select(line => (string?)line["result"]!["name"]));
        Assert.Equal("UNAVAILABLE", (string?)lines[2]["error"]!["code"]);
        Assert.Equal(3, lines.Count);
    }

    [Fact]
    public async Task A_stream_that_fails_at_once_has_an_error_status()
    {
        await using var gateway = await GatewayUnderTest.Start();
        gateway.Operations.Answers = static (_, _, _) => Missing();

        var (status, body, _) = await gateway.CallJson("Campaigns/WatchCampaign", """{"campaignId":"c"}""", gateway.AdministratorKey);

        Assert.Equal(404, status);
        Assert.Equal("no campaign 'c'", (string?)body!["error"]!["message"]);
    }

    [Fact]
    public async Task An_unknown_path_operation_method_or_content_type_is_answered_with_what_to_do()
    {
        await using var gateway = await GatewayUnderTest.Start();
        async Task<(HttpStatusCode Status, string Code, string Message)> Send(HttpMethod method, string path, string? contentType = null)
        {
            using var request = new HttpRequestMessage(method, path);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", gateway.AdministratorKey);
            request.Content = contentType is null ? null : new StringContent("{}", Encoding.UTF8, contentType);
            using var response = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
            var error = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["error"]!;
            return (response.StatusCode, (string)error["code"]!, (string)error["message"]!);
        }

        var path = await Send(HttpMethod.Get, "/wallets");
        var operation = await Send(HttpMethod.Post, "/v1/Wallets/GetWalet", "application/json");
        var type = await Send(HttpMethod.Post, "/v1/Wallets/GetWallet", "text/plain");

        Assert.Equal((HttpStatusCode.NotFound, "NOT_FOUND"), (path.Status, path.Code));
        Assert.Contains("/openapi.json", path.Message, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.NotFound, "NOT_FOUND"), (operation.Status, operation.Code));
        Assert.Contains("Wallets/GetWalet", operation.Message, StringComparison.Ordinal);
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "INVALID_ARGUMENT"), (type.Status, type.Code));
        Assert.Contains("application/json", type.Message, StringComparison.Ordinal);
    }

    private static async IAsyncEnumerable<IMessage> Broken()
    {
        await Task.CompletedTask;
        yield return new Campaign { Name = "a" };
        yield return new Campaign { Name = "b" };
        throw new ClusterException(StatusCode.Unavailable, "later");
    }

    private static async IAsyncEnumerable<IMessage> Missing()
    {
        await Task.CompletedTask;
        yield return "c".Length == 1 ? throw new ClusterException(StatusCode.NotFound, "no campaign 'c'") : new Campaign();
    }
}
