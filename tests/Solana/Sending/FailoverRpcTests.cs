using Cluster.Solana;
using Cluster.Tests.Solana.Rpc;
using Xunit;

namespace Cluster.Tests.Solana.Sending;

/// <summary>Questions that any of several endpoints may answer.</summary>
public sealed class FailoverRpcTests
{
    [Fact]
    public async Task A_question_that_fails_for_the_moment_is_asked_again_until_it_is_answered()
    {
        await using var chain = await FakeChain.Start();
        await using var fixture = await SenderFixture.Start(chain);
        var asked = 0;
        chain.Server.On("getBlockHeight", _ => ++asked < 3 ? throw new RpcFault(-32603, "busy") : chain.Height);

        Assert.Equal((ulong)chain.Height, await fixture.Sender.Rpc.GetBlockHeight());
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task A_question_that_is_wrong_is_asked_once()
    {
        await using var chain = await FakeChain.Start();
        await using var fixture = await SenderFixture.Start(chain);
        chain.Server.On("getBlockHeight", _ => throw new RpcFault(-32602, "invalid params"));

        var error = await Assert.ThrowsAsync<RpcException>(() => fixture.Sender.Rpc.GetBlockHeight());

        Assert.Equal(RpcFailure.InvalidRequest, error.Failure);
        Assert.Single(chain.Server.CallsOf("getBlockHeight"));
    }

    [Fact]
    public async Task A_slot_that_no_node_has_reached_ends_in_that_error_and_spoils_no_endpoint()
    {
        await using var chain = await FakeChain.Start();
        await using var fixture = await SenderFixture.Start(chain, options => options.RequestTimeout = TimeSpan.FromMilliseconds(250));
        chain.Server.On("getBlockHeight", _ => throw new RpcFault(-32016, "Minimum context slot has not been reached"));

        var error = await Assert.ThrowsAsync<RpcException>(
            () => fixture.Sender.Rpc.GetBlockHeight(new RpcQuery(MinContextSlot: ulong.MaxValue)));

        Assert.Equal(RpcFailure.NodeBehind, error.Failure);
        Assert.Equal((ulong)chain.Slot, await fixture.Sender.Rpc.GetSlot());
    }

    [Fact]
    public async Task A_node_that_has_not_reached_the_slot_asked_for_gives_way_to_one_that_has()
    {
        await using var behind = await FakeChain.Start();
        await using var ahead = await FakeChain.Start();
        ahead.Pass(10);
        behind.Server.On("getMultipleAccounts", $$$"""{"context":{"slot":{{{behind.Slot}}}},"value":[null]}""");
        ahead.Server.On("getMultipleAccounts", $$$"""{"context":{"slot":{{{ahead.Slot}}}},"value":[null]}""");
        await using var fixture = await SenderFixture.Start([behind.Server.Url, ahead.Server.Url]);

        // The first one even pretends not to have been asked for a slot.
        var answer = await fixture.Sender.Rpc.GetMultipleAccounts(
            [default], RpcQuery.Confirmed with { MinContextSlot = (ulong)ahead.Slot });

        Assert.Equal((ulong)ahead.Slot, answer.Slot);
        Assert.Single(behind.Server.CallsOf("getMultipleAccounts"));
    }

    [Fact]
    public async Task Without_any_endpoint_the_question_ends_at_its_deadline_with_the_last_reason()
    {
        var chain = await FakeChain.Start();
        await using var fixture = await SenderFixture.Start(chain, options => options.RequestTimeout = TimeSpan.FromMilliseconds(250));
        await chain.DisposeAsync();

        var error = await Assert.ThrowsAsync<RpcException>(() => fixture.Sender.Rpc.GetSlot());

        Assert.Equal(RpcFailure.Unreachable, error.Failure);
    }
}
