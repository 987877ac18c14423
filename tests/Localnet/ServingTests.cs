using System.Text.Json.Nodes;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Localnet;

public sealed class ServingTests
{
    private const string Recipient = "8qbHbw2BbbTHBW1sbeqakYXVKRQM8Ne7pLK7m6CVfeR9";

    [Fact]
    public async Task An_airdrop_is_on_the_ledger_with_its_signature()
    {
        await using var localnet = await LocalnetProcess.StartAsync();

        var signature = (string)(await localnet.CallAsync("requestAirdrop", Recipient, 5_000_000_000))!;

        Assert.Equal(5_000_000_000, (long)(await localnet.CallAsync("getBalance", Recipient))!["value"]!);
        var statuses = await localnet.CallAsync("getSignatureStatuses", new[] { signature });
        Assert.Null(statuses!["value"]![0]!["err"]);
    }

    [Fact]
    public async Task A_status_moves_from_processed_to_finalized_as_slots_pass()
    {
        await using var localnet = await LocalnetProcess.StartAsync(new() { Slot = TimeSpan.FromMinutes(1) });
        var signature = (string)(await localnet.CallAsync("requestAirdrop", Recipient, 1_000_000_000))!;

        Assert.Equal("processed", await Level());
        await localnet.PassSlotsAsync(1);
        Assert.Equal("confirmed", await Level());
        await localnet.PassSlotsAsync(31);
        Assert.Equal("finalized", await Level());

        async Task<string> Level()
        {
            var statuses = await localnet.CallAsync("getSignatureStatuses", new[] { signature });
            return (string)statuses!["value"]![0]!["confirmationStatus"]!;
        }
    }

    [Fact]
    public async Task A_batch_is_answered_in_order_with_the_errors_of_single_calls()
    {
        await using var localnet = await LocalnetProcess.StartAsync();

        var replies = (JsonArray)(await localnet.PostAsync(new object[]
        {
            new { jsonrpc = "2.0", id = "a", method = "getHealth" },
            new { jsonrpc = "2.0", id = 2, method = "getNothing" },
            new { id = 3, method = "getHealth" },
        }))!;

        Assert.Equal("ok", (string)replies[0]!["result"]!);
        Assert.Equal(-32601, (int)replies[1]!["error"]!["code"]!);
        Assert.Equal(-32600, (int)replies[2]!["error"]!["code"]!);
    }
}
