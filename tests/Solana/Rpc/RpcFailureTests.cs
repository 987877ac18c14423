using System.Text.Json.Nodes;
using Cluster.Solana;
using Xunit;

namespace Cluster.Tests.Solana.Rpc;

public sealed class RpcFailureTests
{
    [Theory]
    [InlineData(-32002, RpcFailure.PreflightFailed, false)]
    [InlineData(-32003, RpcFailure.SignatureInvalid, false)]
    [InlineData(-32004, RpcFailure.BlockUnavailable, true)]
    [InlineData(-32005, RpcFailure.NodeBehind, true)]
    [InlineData(-32007, RpcFailure.BlockUnavailable, true)]
    [InlineData(-32011, RpcFailure.HistoryUnavailable, false)]
    [InlineData(-32014, RpcFailure.BlockUnavailable, true)]
    [InlineData(-32016, RpcFailure.NodeBehind, true)]
    [InlineData(-32429, RpcFailure.RateLimited, true)]
    [InlineData(-32601, RpcFailure.MethodNotSupported, false)]
    [InlineData(-32602, RpcFailure.InvalidRequest, false)]
    [InlineData(-32603, RpcFailure.ServerError, true)]
    [InlineData(-1, RpcFailure.OtherError, false)]
    public async Task An_error_code_says_what_failed_and_whether_to_try_again(int code, RpcFailure failure, bool transient)
    {
        await using var server = await RpcServer.Start();
        server.On("getSlot", _ => throw new RpcFault(code, "no"));
        using var client = SolanaRpcClientTests.Client(server);

        var error = await Assert.ThrowsAsync<RpcException>(() => client.GetSlot());

        Assert.Equal((failure, transient, code), (error.Failure, error.IsTransient, error.Code));
    }

    [Fact]
    public async Task A_failed_preflight_tells_why_with_the_logs()
    {
        await using var server = await RpcServer.Start();
        var data = JsonNode.Parse("""{"err":{"InstructionError":[2,"InsufficientFunds"]},"logs":["one","two"],"accounts":null,"unitsConsumed":5}""");
        server.On("getSlot", _ => throw new RpcFault(-32002, "Transaction simulation failed", data!.DeepClone()));
        using var client = SolanaRpcClientTests.Client(server);

        var error = await Assert.ThrowsAsync<RpcException>(() => client.GetSlot());

        Assert.Equal("instruction 2: insufficient funds", error.TransactionError?.ToString());
        Assert.Equal(["one", "two"], error.Logs);
        Assert.Contains("instruction 2: insufficient funds", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_node_that_is_behind_says_how_far()
    {
        await using var server = await RpcServer.Start();
        server.On("getHealth", _ => throw new RpcFault(-32005, "Node is behind", JsonNode.Parse("""{"numSlotsBehind":42}""")))
            .On("getSlot", _ => throw new RpcFault(-32016, "Minimum context slot has not been reached", JsonNode.Parse("""{"contextSlot":77}""")));
        using var client = SolanaRpcClientTests.Client(server);

        var behind = await Assert.ThrowsAsync<RpcException>(() => client.GetHealth());
        var early = await Assert.ThrowsAsync<RpcException>(() => client.GetSlot(new RpcQuery(MinContextSlot: 100)));

        Assert.Contains("42 slots behind", behind.Message, StringComparison.Ordinal);
        Assert.Equal(77u, early.NodeSlot);
    }

    [Theory]
    [InlineData(429, RpcFailure.RateLimited, true)]
    [InlineData(500, RpcFailure.ServerError, true)]
    [InlineData(503, RpcFailure.ServerError, true)]
    [InlineData(408, RpcFailure.Timeout, true)]
    [InlineData(401, RpcFailure.Unauthorized, false)]
    [InlineData(403, RpcFailure.Unauthorized, false)]
    [InlineData(404, RpcFailure.UnexpectedStatus, false)]
    [InlineData(302, RpcFailure.UnexpectedStatus, false)]
    [InlineData(204, RpcFailure.UnexpectedStatus, false)]
    public async Task A_status_says_what_failed_and_whether_to_try_again(int status, RpcFailure failure, bool transient)
    {
        await using var server = await RpcServer.Start();
        server.OnRequest = http =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers.RetryAfter = "7";
            http.Response.Headers.Location = "/elsewhere";
            return Task.FromResult(true);
        };
        using var client = SolanaRpcClientTests.Client(server);

        var error = await Assert.ThrowsAsync<RpcException>(() => client.GetSlot());

        Assert.Equal((failure, transient), (error.Failure, error.IsTransient));
        Assert.Equal(status is 429 or >= 500 ? TimeSpan.FromSeconds(7) : null, error.RetryAfter);
    }

    [Fact]
    public async Task A_reply_that_never_comes_ends_at_the_deadline()
    {
        await using var server = await RpcServer.Start();
        server.OnRequest = Wrong.Hang;
        using var client = SolanaRpcClientTests.Client(server, new RpcClientOptions { Timeout = TimeSpan.FromMilliseconds(50) });

        var error = await Assert.ThrowsAsync<RpcException>(() => client.GetSlot());

        Assert.Equal(RpcFailure.Timeout, error.Failure);
    }

    [Fact]
    public async Task The_callers_own_cancellation_is_not_reported_as_a_failure_of_the_node()
    {
        await using var server = await RpcServer.Start();
        server.OnRequest = Wrong.Hang;
        using var client = SolanaRpcClientTests.Client(server);
        using var cancel = new CancellationTokenSource();
        var call = client.GetSlot(ct: cancel.Token);

        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public async Task A_broken_connection_and_a_port_nobody_listens_on_are_unreachable()
    {
        await using var server = await RpcServer.Start();
        server.OnRequest = Wrong.BreakConnection;
        using var client = SolanaRpcClientTests.Client(server);
        var broken = await Assert.ThrowsAsync<RpcException>(() => client.GetSlot());
        await server.DisposeAsync();
        var refused = await Assert.ThrowsAsync<RpcException>(() => client.GetSlot());

        Assert.Equal((RpcFailure.Unreachable, RpcFailure.Unreachable), (broken.Failure, refused.Failure));
        Assert.True(broken.IsTransient && refused.IsTransient);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("5")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("<html>down for maintenance</html>")]
    [InlineData("""{"jsonrpc":"2.0","id":1}""")]
    [InlineData("""{"jsonrpc":"2.0","id":2,"result":5}""")]
    [InlineData("""{"jsonrpc":"2.0","result":5}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":null}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":-5}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":NaN}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":1.5}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":"5"}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":18446744073709551616}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":1e400}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":5,"result":6}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":5,"error":{"code":1,"message":"x"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":5} trailing""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":5""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"error":{"code":"x","message":5}}""")]
    public async Task A_reply_that_is_not_what_the_method_says_is_malformed(string body)
    {
        await using var server = await RpcServer.Start();
        server.OnRequest = http => Wrong.Body(http, body);
        using var client = SolanaRpcClientTests.Client(server);

        var error = await Assert.ThrowsAsync<RpcException>(() => client.GetSlot());

        Assert.Equal(RpcFailure.MalformedReply, error.Failure);
    }

    [Fact]
    public async Task A_malformed_reply_is_reported_with_its_place()
    {
        await using var server = await RpcServer.Start();
        server.On("getSignatureStatuses", """
            {"context":{"slot":9},"value":[null,{"slot":1,"confirmations":0,"err":null},{"slot":"x","confirmations":0,"err":null}]}
            """);
        using var client = SolanaRpcClientTests.Client(server);

        var error = await Assert.ThrowsAsync<RpcException>(() => client.GetSignatureStatuses(
            [.. Enumerable.Range(0, 3).Select(SolanaRpcClientTests.SignatureOf)], searchHistory: false));

        Assert.Contains("$.value[2].slot", error.Message, StringComparison.Ordinal);
        Assert.StartsWith("getSignatureStatuses at 127.0.0.1:", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"slot":1,"confirmations":0}""")]
    [InlineData("""{"slot":1,"err":null}""")]
    [InlineData("""{"slot":1,"confirmations":0,"err":null,"err":"AccountInUse"}""")]
    [InlineData("""{"slot":1,"confirmations":0,"err":null,"confirmationStatus":"certain"}""")]
    public async Task A_status_that_leaves_success_in_doubt_is_malformed(string status)
    {
        await using var server = await RpcServer.Start();
        server.OnRequest = http => Wrong.Body(
            http, $$$"""{"jsonrpc":"2.0","id":1,"result":{"context":{"slot":9},"value":[{{{status}}}]}}""");
        using var client = SolanaRpcClientTests.Client(server);

        var error = await Assert.ThrowsAsync<RpcException>(
            () => client.GetSignatureStatuses([SolanaRpcClientTests.SignatureOf(1)], searchHistory: false));

        Assert.Equal(RpcFailure.MalformedReply, error.Failure);
    }

    [Fact]
    public async Task A_reply_above_the_limit_is_refused_whether_or_not_it_announces_its_size()
    {
        await using var server = await RpcServer.Start();
        var large = new string(' ', 4000) + """{"jsonrpc":"2.0","id":1,"result":5}""";
        using var client = SolanaRpcClientTests.Client(server, new RpcClientOptions { MaxReplyBytes = 2000 });
        foreach (var announced in new[] { true, false })
        {
            server.OnRequest = async http =>
            {
                http.Response.ContentLength = announced ? large.Length : null;
                return await Wrong.Body(http, large);
            };

            var error = await Assert.ThrowsAsync<RpcException>(() => client.GetSlot());

            Assert.Equal((RpcFailure.ReplyTooLarge, false), (error.Failure, error.IsTransient));
            Assert.Contains("larger than 2000 bytes", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_reply_nested_too_deeply_is_refused()
    {
        await using var server = await RpcServer.Start();
        var deep = new string('[', 500) + new string(']', 500);
        server.OnRequest = http => Wrong.Body(http, $$$"""{"jsonrpc":"2.0","extra":{{{deep}}},"id":1,"result":5}""");
        using var client = SolanaRpcClientTests.Client(server);

        var error = await Assert.ThrowsAsync<RpcException>(() => client.GetSlot());

        Assert.Equal(RpcFailure.MalformedReply, error.Failure);
    }
}
