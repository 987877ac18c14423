using System.Text.Json.Nodes;
using Cluster.Solana;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Localnet;

public sealed class BadInputTests
{
    private const string Address = "8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR9";

    private static readonly (string Method, string Parameters, string Reason)[] BadParameters =
    [
        ("getBalance", """["0OIl"]""", "is not the base58 of 32 bytes"),
        ("getBalance", $$"""["{{Address}}", {"commitment": "soon"}]""", "unknown commitment"),
        ("getAccountInfo", $$"""["{{Address}}", {"encoding": "base64+zstd"}]""", "use base64"),
        ("getMultipleAccounts", $"[[{string.Join(',', Enumerable.Repeat($"\"{Address}\"", 101))}]]", "max 100"),
        ("getSignatureStatuses", """[["abc"]]""", "is not the base58 of 64 bytes"),
        ("sendTransaction", """["AQ==", {"encoding": "base64"}]""", "unexpected end of input"),
        ("sendTransaction", """["A*", {"encoding": "base64"}]""", "invalid base64 encoding"),
        ("sendTransaction", """["AQ==", {"encoding": "hex"}]""", "unsupported encoding"),
        ("sendTransaction", $$"""["{{new string('A', 2000)}}", {"encoding": "base64"}]""", "too large"),
        ("requestAirdrop", $"""["{Address}", -1]""", "must be an integer"),
        ("getTokenAccountBalance", $"""["{Address}"]""", "could not find account"),
    ];

    [Fact]
    public async Task Wrong_parameters_are_refused_with_the_reason()
    {
        await using var localnet = await LocalnetProcess.StartAsync();
        foreach (var (method, parameters, reason) in BadParameters)
        {
            var reply = await localnet.PostAsync(new { jsonrpc = "2.0", id = 1, method, @params = JsonNode.Parse(parameters) });

            Assert.Equal(-32602, (int?)reply!["error"]?["code"]);
            Assert.Contains(reason, (string)reply["error"]!["message"]!, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_query_for_a_slot_that_is_still_to_come_is_refused_as_such()
    {
        await using var localnet = await LocalnetProcess.StartAsync();
        var slot = (long)(await localnet.CallAsync("getSlot", new { commitment = "processed" }))!;

        var refused = await Assert.ThrowsAsync<LocalnetRpcException>(
            () => localnet.CallAsync("getBlockHeight", new { commitment = "finalized", minContextSlot = slot + 1000 }));

        Assert.Equal(-32016, refused.Code);
        Assert.True((long)refused.Details!["contextSlot"]! <= slot);
    }

    [Fact]
    public async Task A_hundred_thousand_mutated_transactions_leave_the_virtual_machine_alive()
    {
        const int Batches = 200;
        const int BatchSize = 500;
        await using var localnet = await LocalnetProcess.StartAsync();
        using var payer = await Payer.FundedAsync(localnet);
        var valid = await payer.TransferAsync(Payer.NewAddress(), 1_000_000);
        var random = new Random(20261120);

        for (var batch = 0; batch < Batches; batch++)
        {
            var replies = await localnet.PostAsync(Enumerable.Range(0, BatchSize).Select(id => new
            {
                jsonrpc = "2.0",
                id,
                method = "simulateTransaction",
                @params = new object[]
                {
                    Convert.ToBase64String(Mutated(valid, random)), new { encoding = "base64", replaceRecentBlockhash = true },
                },
            }));

            Assert.All(replies!.AsArray(), reply => Assert.True(reply!["result"] is not null || (int)reply["error"]!["code"]! == -32602));
        }

        Assert.Equal("ok", (string)(await localnet.CallAsync("getHealth"))!);
    }

    [Theory]
    [InlineData("--port 99999", "--port must be an integer from 0 to 65535")]
    [InlineData("--slot-ms soon", "--slot-ms must be an integer")]
    [InlineData("--confirm-slots 5 --finalize-slots 5", "must be above --confirm-slots")]
    [InlineData("--speed 9", "Unknown option '--speed'")]
    public async Task A_wrong_option_ends_the_program_with_a_sentence_and_status_2(string arguments, string sentence)
    {
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(
            () => LocalnetProcess.StartAsync(new() { Arguments = arguments.Split(' ') }));

        Assert.Contains("status 2", failure.Message, StringComparison.Ordinal);
        Assert.Contains(sentence, failure.Message, StringComparison.Ordinal);
    }

    private static byte[] Mutated(byte[] valid, Random random)
    {
        var bytes = valid.ToList();
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            // The message is where structure is; the signature before it is noise anyway.
            var at = random.Next(Math.Min(bytes.Count - 1, 1 + Signature.Size), bytes.Count);
            switch (random.Next(6))
            {
                case 0: bytes.RemoveRange(at, bytes.Count - at); break;
                case 1: bytes.Insert(at, (byte)random.Next(256)); break;
                case 2: bytes.RemoveAt(at); break;
                default: bytes[at] = (byte)random.Next(random.Next(2) == 0 ? 8 : 256); break;
            }

            if (bytes.Count < 2) break;
        }

        return [.. bytes];
    }
}
