using System.Text.Json.Nodes;
using Cluster.Solana;
using Xunit;

namespace Cluster.Tests.Solana.Rpc;

public sealed class SolanaRpcClientTests
{
    private const string Hash = "EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG";

    [Fact]
    public async Task A_blockhash_comes_with_its_height_and_the_slot_it_was_asked_at()
    {
        await using var server = await RpcServer.Start();
        server.On("getLatestBlockhash", $$$"""{"context":{"slot":7,"apiVersion":"3.0.6"},"value":{"blockhash":"{{{Hash}}}","lastValidBlockHeight":157}}""");
        using var client = Client(server);

        var blockhash = await client.GetLatestBlockhash(new RpcQuery(Commitment.Confirmed, MinContextSlot: 5));

        Assert.Equal(new RecentBlockhash(Blockhash.Parse(Hash), 157, 7), blockhash);
        Assert.Equal("""[{"commitment":"confirmed","minContextSlot":5}]""", server.Calls.Single().Params.ToJsonString());
    }

    [Fact]
    public async Task Numbers_are_read_in_full_width()
    {
        await using var server = await RpcServer.Start();
        server.On("getBalance", """{"context":{"slot":1},"value":18446744073709551615}""");
        using var client = Client(server);

        Assert.Equal(ulong.MaxValue, (await client.GetBalance(Key(1))).Value);
    }

    [Fact]
    public async Task An_account_is_read_with_its_owner_balance_and_data()
    {
        await using var server = await RpcServer.Start();
        server.On("getAccountInfo", $$$"""
            {"context":{"slot":3},"value":{"lamports":12,"owner":"{{{Key(9)}}}","data":["AQID","base64"],"executable":false,"rentEpoch":18446744073709551615,"space":3}}
            """);
        using var client = Client(server);

        var account = await client.GetAccountInfo(Key(1), slice: new DataSlice(4, 3));

        Assert.Equal(3u, account.Slot);
        Assert.Equal((12ul, Key(9), false), (account.Value!.Lamports, account.Value.Owner, account.Value.Executable));
        Assert.Equal([1, 2, 3], account.Value.Data.ToArray());
        Assert.Equal(
            $$$"""["{{{Key(1)}}}",{"encoding":"base64","dataSlice":{"offset":4,"length":3}}]""",
            server.Calls.Single().Params.ToJsonString());
    }

    [Fact]
    public async Task An_account_that_does_not_exist_is_null()
    {
        await using var server = await RpcServer.Start();
        server.On("getAccountInfo", """{"context":{"slot":3},"value":null}""");
        using var client = Client(server);

        Assert.Null((await client.GetAccountInfo(Key(1))).Value);
    }

    [Fact]
    public async Task Many_accounts_are_asked_for_in_hundreds_and_come_back_in_order_as_of_the_oldest_slot()
    {
        await using var server = await RpcServer.Start();
        var slot = 1000;
        server.On("getMultipleAccounts", parameters =>
        {
            var keys = parameters[0]!.AsArray();
            Assert.True(keys.Count <= 100);
            var accounts = keys.Select(key => (JsonNode)new JsonObject
            {
                ["lamports"] = NumberOf(PublicKey.Parse((string)key!)),
                ["owner"] = Key(0).ToString(),
                ["data"] = new JsonArray("", "base64"),
                ["executable"] = false,
            });
            return new JsonObject
            {
                ["context"] = new JsonObject { ["slot"] = Interlocked.Decrement(ref slot) },
                ["value"] = new JsonArray([.. accounts]),
            };
        });
        using var client = Client(server);

        var accounts = await client.GetMultipleAccounts([.. Enumerable.Range(0, 1234).Select(Key)]);

        Assert.Equal(13, server.Calls.Count);
        Assert.Equal((ulong)slot, accounts.Slot);
        Assert.Equal(Enumerable.Range(0, 1234).Select(i => (ulong)i), accounts.Value.Select(account => account!.Lamports));
    }

    [Fact]
    public async Task Statuses_are_asked_for_256_at_a_time_and_an_unknown_one_is_null()
    {
        await using var server = await RpcServer.Start();
        server.On("getSignatureStatuses", parameters =>
        {
            var signatures = parameters[0]!.AsArray();
            Assert.True(signatures.Count <= 256);
            Assert.True((bool)parameters[1]!["searchTransactionHistory"]!);
            var statuses = signatures.Select(signature => NumberOf(Signature.Parse((string)signature!)) % 2 == 0
                ? JsonNode.Parse("""{"slot":5,"confirmations":3,"err":null,"status":{"Ok":null},"confirmationStatus":"confirmed"}""")
                : null);
            return new JsonObject { ["context"] = new JsonObject { ["slot"] = 9 }, ["value"] = new JsonArray([.. statuses]) };
        });
        using var client = Client(server);

        var statuses = await client.GetSignatureStatuses([.. Enumerable.Range(0, 600).Select(SignatureOf)], searchHistory: true);

        Assert.Equal(3, server.Calls.Count);
        Assert.Equal(600, statuses.Value.Count);
        for (var i = 0; i < 600; i++)
        {
            Assert.Equal(i % 2 == 0 ? Commitment.Confirmed : null, statuses.Value[i]?.Commitment);
        }
    }

    [Fact]
    public async Task A_status_with_fewer_entries_than_asked_for_is_refused()
    {
        await using var server = await RpcServer.Start();
        server.On("getSignatureStatuses", """{"context":{"slot":9},"value":[null]}""");
        using var client = Client(server);

        var error = await Assert.ThrowsAsync<RpcException>(() => client.GetSignatureStatuses([SignatureOf(1), SignatureOf(2)], false));

        Assert.Equal(RpcFailure.MalformedReply, error.Failure);
    }

    [Fact]
    public async Task A_transaction_is_read_with_fee_and_balances()
    {
        await using var server = await RpcServer.Start();
        server.On("getTransaction", $$$$$"""
            {"slot":11,"blockTime":1700000000,"version":"legacy","transaction":["AQ==","base64"],
             "meta":{"err":{"InstructionError":[1,{"Custom":17}]},"fee":5000,"preBalances":[10,0],"postBalances":[4,1],
             "preTokenBalances":[],"postTokenBalances":[{"accountIndex":1,"mint":"{{{{{Key(5)}}}}}","owner":"{{{{{Key(6)}}}}}","programId":"{{{{{Key(7)}}}}}",
             "uiTokenAmount":{"amount":"18446744073709551615","decimals":9,"uiAmount":18446744073.709551615,"uiAmountString":"x"}}],
             "logMessages":["Program log: hello"],"innerInstructions":[],"rewards":[],"computeUnitsConsumed":1234,"status":{"Err":{}}}}
            """);
        using var client = Client(server);

        var transaction = await client.GetTransaction(SignatureOf(1), RpcQuery.Confirmed);

        Assert.NotNull(transaction);
        Assert.Equal((11ul, 5000ul, 1700000000L), (transaction.Slot, transaction.Meta.Fee, transaction.BlockTime));
        Assert.Equal([4ul, 1ul], transaction.Meta.PostBalances);
        Assert.Equal(ulong.MaxValue, transaction.Meta.PostTokenBalances!.Single().UiTokenAmount.Amount);
        Assert.Equal(17u, transaction.Meta.Err!.CustomCode);
    }

    [Fact]
    public async Task A_transaction_that_the_node_does_not_know_is_null()
    {
        await using var server = await RpcServer.Start();
        server.On("getTransaction", "null");
        using var client = Client(server);

        Assert.Null(await client.GetTransaction(SignatureOf(1)));
    }

    [Fact]
    public async Task The_other_questions_are_asked_and_answered()
    {
        await using var server = await RpcServer.Start();
        server.On("getSlot", "5").On("getBlockHeight", "4").On("getHealth", "\"ok\"").On("getGenesisHash", $"\"{Hash}\"")
            .On("getVersion", """{"solana-core":"3.0.6","feature-set":123}""")
            .On("getMinimumBalanceForRentExemption", "2039280")
            .On("isBlockhashValid", """{"context":{"slot":5},"value":true}""")
            .On("getEpochInfo", """{"absoluteSlot":9,"blockHeight":8,"epoch":1,"slotIndex":2,"slotsInEpoch":7,"transactionCount":3}""")
            .On("getRecentPrioritizationFees", """[{"slot":1,"prioritizationFee":10},{"slot":2,"prioritizationFee":0}]""")
            .On("getBlocks", "[3,5,6]").On("getBlock", """{"blockHeight":77,"blockTime":null,"blockhash":"x"}""")
            .On("simulateTransaction", """{"context":{"slot":5},"value":{"err":"BlockhashNotFound","logs":null,"unitsConsumed":0}}""")
            .On("requestAirdrop", $"\"{SignatureOf(3)}\"")
            .On("getSignaturesForAddress", $$$"""[{"signature":"{{{SignatureOf(2)}}}","slot":4,"err":null,"memo":null,"blockTime":null,"confirmationStatus":"finalized"}]""");
        using var client = Client(server);

        Assert.Equal(5u, await client.GetSlot());
        Assert.Equal(4u, await client.GetBlockHeight(RpcQuery.Finalized));
        await client.GetHealth();
        Assert.Equal(Blockhash.Parse(Hash), await client.GetGenesisHash());
        Assert.Equal(new NodeVersion("3.0.6", 123), await client.GetVersion());
        Assert.Equal(2039280u, await client.GetMinimumBalanceForRentExemption(165));
        Assert.True(await client.IsBlockhashValid(Blockhash.Parse(Hash)));
        Assert.Equal(new EpochInfo(9, 8, 1, 2, 7), await client.GetEpochInfo());
        Assert.Equal([new(1, 10), new(2, 0)], await client.GetRecentPrioritizationFees(new[] { Key(1) }));
        Assert.Equal([3ul, 5ul, 6ul], await client.GetBlocks(3, 6));
        Assert.Equal(77u, await client.GetHeightOfBlock(5));
        Assert.Equal("BlockhashNotFound", (await client.SimulateTransaction(new byte[] { 1 })).Value.Err!.Code);
        Assert.Equal(SignatureOf(3), await client.RequestAirdrop(Key(1), 5));
        Assert.Equal(SignatureOf(2), (await client.GetSignaturesForAddress(Key(1), limit: 10)).Single().Signature);
    }

    internal static SolanaRpcClient Client(RpcServer server, RpcClientOptions? options = null, string path = "") =>
        new(new RpcEndpoint(new Uri(server.Url, path)), options);

    internal static PublicKey Key(int number)
    {
        var bytes = new byte[PublicKey.Size];
        BitConverter.TryWriteBytes(bytes, number);
        return PublicKey.FromBytes(bytes);
    }

    internal static Signature SignatureOf(int number)
    {
        var bytes = new byte[Signature.Size];
        BitConverter.TryWriteBytes(bytes, number);
        return Signature.FromBytes(bytes);
    }

    private static int NumberOf(PublicKey key) => BitConverter.ToInt32(key.AsSpan());

    private static int NumberOf(Signature signature) => BitConverter.ToInt32(signature.AsSpan());
}
