using System.Text.Json.Nodes;
using Cluster.Solana;
using Cluster.Tests.Solana.Sending;
using Xunit;

namespace Cluster.Tests.Solana.Rpc;

public sealed class SendTransactionTests
{
    [Fact]
    public async Task A_node_that_answers_with_the_signature_has_accepted()
    {
        await using var server = await RpcServer.Start();
        var transaction = SampleTransactions.One();
        server.On("sendTransaction", $"\"{transaction.Signature}\"");
        using var client = SolanaRpcClientTests.Client(server);

        var result = await client.SendTransaction(transaction, new SendOptions(MinContextSlot: 5));

        Assert.Equal(SendVerdict.Accepted, result.Verdict);
        var sent = server.Calls.Single().Params;
        Assert.Equal(transaction.Bytes.ToArray(), Convert.FromBase64String((string)sent[0]!));
        Assert.Equal(
            """{"encoding":"base64","skipPreflight":true,"preflightCommitment":"confirmed","maxRetries":0,"minContextSlot":5}""",
            sent[1]!.ToJsonString());
    }

    [Theory]
    [InlineData(-32002, SendVerdict.Rejected)]
    [InlineData(-32003, SendVerdict.Rejected)]
    [InlineData(-32602, SendVerdict.Rejected)]
    [InlineData(-32005, SendVerdict.Unknown)]
    [InlineData(-32603, SendVerdict.Unknown)]
    [InlineData(-32016, SendVerdict.Unknown)]
    public async Task Only_an_answer_about_the_transaction_itself_rejects_it(int code, SendVerdict verdict)
    {
        await using var server = await RpcServer.Start();
        server.On("sendTransaction", _ => throw new RpcFault(code, "no"));
        using var client = SolanaRpcClientTests.Client(server);

        var result = await client.SendTransaction(SampleTransactions.One(), default);

        Assert.Equal(verdict, result.Verdict);
        Assert.Equal(code, result.Failure!.Code);
    }

    [Fact]
    public async Task A_transaction_that_was_processed_before_counts_as_accepted()
    {
        await using var server = await RpcServer.Start();
        server.On("sendTransaction", _ => throw new RpcFault(-32002, "failed", JsonNode.Parse("""{"err":"AlreadyProcessed","logs":[]}""")));
        using var client = SolanaRpcClientTests.Client(server);

        Assert.Equal(SendVerdict.Accepted, (await client.SendTransaction(SampleTransactions.One(), default)).Verdict);
    }

    [Fact]
    public async Task A_reply_that_never_came_is_unknown_although_the_node_took_the_transaction()
    {
        await using var server = await RpcServer.Start();
        var transaction = SampleTransactions.One();
        server.On("sendTransaction", $"\"{transaction.Signature}\"");
        server.OnReply = Wrong.Hang;
        using var client = SolanaRpcClientTests.Client(server, new RpcClientOptions { Timeout = TimeSpan.FromMilliseconds(100) });

        var result = await client.SendTransaction(transaction, default);

        Assert.Equal((SendVerdict.Unknown, RpcFailure.Timeout), (result.Verdict, result.Failure!.Failure));
        Assert.Single(server.CallsOf("sendTransaction"));
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(401)]
    [InlineData(404)]
    public async Task A_status_that_is_no_answer_leaves_the_transaction_unknown(int status)
    {
        await using var server = await RpcServer.Start();
        server.OnRequest = http => Wrong.Status(http, status);
        using var client = SolanaRpcClientTests.Client(server);

        Assert.Equal(SendVerdict.Unknown, (await client.SendTransaction(SampleTransactions.One(), default)).Verdict);
    }

    [Fact]
    public async Task Another_signature_than_the_transactions_own_is_unknown()
    {
        await using var server = await RpcServer.Start();
        server.On("sendTransaction", $"\"{SolanaRpcClientTests.SignatureOf(1)}\"");
        using var client = SolanaRpcClientTests.Client(server);

        Assert.Equal(SendVerdict.Unknown, (await client.SendTransaction(SampleTransactions.One(), default)).Verdict);
    }

    [Fact]
    public async Task A_batch_goes_in_one_request_and_each_transaction_has_its_own_result()
    {
        await using var server = await RpcServer.Start();
        var transactions = SampleTransactions.Many(3);
        var calls = 0;
        server.OnRequest = _ =>
        {
            Interlocked.Increment(ref calls);
            return Task.FromResult(false);
        };
        server.On("sendTransaction", parameters =>
        {
            var bytes = Convert.FromBase64String((string)parameters[0]!);
            var index = transactions.ToList().FindIndex(transaction => transaction.Bytes.Span.SequenceEqual(bytes));
            return index == 1 ? throw new RpcFault(-32003, "bad signature") : JsonValue.Create(transactions[index].Signature.ToString());
        });
        using var client = SolanaRpcClientTests.Client(server);

        var results = await client.SendTransactions(transactions, default);

        Assert.Equal(1, calls);
        Assert.Equal([SendVerdict.Accepted, SendVerdict.Rejected, SendVerdict.Accepted], results.Select(result => result.Verdict));
    }

    [Theory]
    [InlineData("""[{"jsonrpc":"2.0","id":0,"result":"SIG0"}]""", SendVerdict.Accepted, SendVerdict.Unknown)]
    [InlineData("""[{"jsonrpc":"2.0","id":1,"result":"SIG1"},{"jsonrpc":"2.0","id":0,"result":"SIG0"}]""", SendVerdict.Accepted, SendVerdict.Accepted)]
    [InlineData("""[{"jsonrpc":"2.0","id":0,"result":"SIG0"},{"jsonrpc":"2.0","id":0,"result":"SIG0"}]""", SendVerdict.Unknown, SendVerdict.Unknown)]
    [InlineData("""{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"no batches"}}""", SendVerdict.Unknown, SendVerdict.Unknown)]
    [InlineData("[]", SendVerdict.Unknown, SendVerdict.Unknown)]
    public async Task What_a_batch_reply_leaves_out_or_says_twice_is_unknown(string body, SendVerdict first, SendVerdict second)
    {
        await using var server = await RpcServer.Start();
        var transactions = SampleTransactions.Many(2);
        body = body
            .Replace("SIG0", transactions[0].Signature.ToString(), StringComparison.Ordinal)
            .Replace("SIG1", transactions[1].Signature.ToString(), StringComparison.Ordinal);
        server.OnRequest = http => Wrong.Body(http, body);
        using var client = SolanaRpcClientTests.Client(server);

        var results = await client.SendTransactions(transactions, default);

        Assert.Equal([first, second], results.Select(result => result.Verdict));
    }
}
