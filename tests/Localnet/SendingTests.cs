using Cluster.Solana;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Localnet;

public sealed class SendingTests : HeldLocalnet
{
    [Fact]
    public async Task A_transaction_lands_once_however_often_it_is_sent()
    {
        var to = Payer.NewAddress();
        var transaction = await Payer.TransferAsync(to, 1_000_000);

        var signature = await Payer.SendAsync(transaction);
        var again = await Payer.SendAsync(transaction, skipPreflight: true);
        var refused = await Assert.ThrowsAsync<LocalnetRpcException>(() => Payer.SendAsync(transaction));

        Assert.Equal(signature, again);
        Assert.Equal("AlreadyProcessed", (string)refused.Details!["err"]!);
        Assert.Equal(1_000_000UL, await Payer.BalanceAsync(to));
    }

    [Fact]
    public async Task A_blockhash_may_be_used_for_150_blocks()
    {
        var blockhash = await Payer.BlockhashAsync();
        var (last, late) = (Payer.NewAddress(), Payer.NewAddress());

        await Localnet.PassSlotsAsync(150);
        await Payer.SendAsync(Payer.Transfer(last, 1_000_000, blockhash));
        await Localnet.PassSlotsAsync(1);
        var refused = await Assert.ThrowsAsync<LocalnetRpcException>(() => Payer.SendAsync(Payer.Transfer(late, 1_000_000, blockhash)));
        await Payer.SendAsync(Payer.Transfer(late, 1_000_000, blockhash), skipPreflight: true);

        Assert.Equal(-32002, refused.Code);
        Assert.Equal("BlockhashNotFound", (string)refused.Details!["err"]!);
        Assert.Equal(1_000_000UL, await Payer.BalanceAsync(last));
        Assert.Equal(0UL, await Payer.BalanceAsync(late));
    }

    [Fact]
    public async Task Last_valid_block_height_is_the_height_of_the_blockhash_and_150()
    {
        var latest = await Localnet.CallAsync("getLatestBlockhash", new { commitment = "processed" });
        var height = (ulong)(await Localnet.CallAsync("getBlockHeight", new { commitment = "processed" }))!;
        var slot = (ulong)(await Localnet.CallAsync("getSlot", new { commitment = "processed" }))!;

        Assert.Equal(height + 150, (ulong)latest!["value"]!["lastValidBlockHeight"]!);
        Assert.NotEqual(slot, height);
    }

    [Fact]
    public async Task A_node_that_has_not_seen_the_blockhash_yet_refuses_the_transaction_at_preflight()
    {
        var transaction = Convert.ToBase64String(await Payer.TransferAsync(Payer.NewAddress(), 1_000_000));

        var refused = await Assert.ThrowsAsync<LocalnetRpcException>(
            () => Localnet.CallAsync("sendTransaction", transaction, new { encoding = "base64", preflightCommitment = "finalized" }));

        Assert.Equal("BlockhashNotFound", (string)refused.Details!["err"]!);
    }

    [Fact]
    public async Task What_would_fail_is_refused_at_preflight_with_logs_and_costs_nothing()
    {
        var before = await Payer.BalanceAsync(Payer.Address);

        var refused = await Assert.ThrowsAsync<LocalnetRpcException>(
            async () => await Payer.SendAsync(await Payer.TransferAsync(Payer.NewAddress(), ulong.MaxValue / 2)));

        Assert.Equal(-32002, refused.Code);
        Assert.Equal("""{"InstructionError":[0,{"Custom":1}]}""", refused.Details!["err"]!.ToJsonString());
        Assert.Contains(refused.Details["logs"]!.AsArray(), line => ((string)line!).Contains("insufficient lamports", StringComparison.Ordinal));
        Assert.True((int)refused.Details["unitsConsumed"]! > 0);
        Assert.Equal(before, await Payer.BalanceAsync(Payer.Address));
    }

    [Fact]
    public async Task What_fails_in_execution_lands_with_its_error_and_pays_its_fee()
    {
        var before = await Payer.BalanceAsync(Payer.Address);

        var signature = await Payer.SendAsync(await Payer.TransferAsync(Payer.NewAddress(), ulong.MaxValue / 2), skipPreflight: true);

        var status = await Payer.StatusAsync(signature);
        Assert.Equal("""{"InstructionError":[0,{"Custom":1}]}""", status!["err"]!.ToJsonString());
        Assert.Equal(before - Transaction.LamportsPerSignature, await Payer.BalanceAsync(Payer.Address));
    }

    [Fact]
    public async Task A_false_signature_is_refused_and_never_lands()
    {
        var to = Payer.NewAddress();
        var transaction = await Payer.TransferAsync(to, 1_000_000);
        transaction[5] ^= 1;

        var refused = await Assert.ThrowsAsync<LocalnetRpcException>(() => Payer.SendAsync(transaction));
        var signature = await Payer.SendAsync(transaction, skipPreflight: true);

        Assert.Equal(-32003, refused.Code);
        Assert.Null(await Payer.StatusAsync(signature));
        Assert.Equal(0UL, await Payer.BalanceAsync(to));
    }

    [Fact]
    public async Task A_simulation_changes_nothing_and_tells_the_accounts_afterwards()
    {
        var to = Payer.NewAddress();
        var transaction = Convert.ToBase64String(await Payer.TransferAsync(to, 1_000_000));

        var simulated = await Localnet.CallAsync(
            "simulateTransaction",
            transaction,
            new { encoding = "base64", commitment = "processed", accounts = new { encoding = "base64", addresses = new[] { to.ToString() } } });

        Assert.Null(simulated!["value"]!["err"]);
        Assert.Equal(1_000_000UL, (ulong)simulated["value"]!["accounts"]![0]!["lamports"]!);
        Assert.Equal(0UL, await Payer.BalanceAsync(to));
    }

    [Fact]
    public async Task A_status_is_found_without_the_history_only_while_it_is_recent()
    {
        var signature = await Payer.SendAsync(await Payer.TransferAsync(Payer.NewAddress(), 1_000_000));

        await Localnet.PassSlotsAsync(301);

        var recent = await Localnet.CallAsync("getSignatureStatuses", new[] { signature });
        Assert.Null(recent!["value"]![0]);
        Assert.Equal("finalized", (string)(await Payer.StatusAsync(signature))!["confirmationStatus"]!);
    }

    [Fact]
    public async Task A_transaction_is_told_with_balances_before_and_after_it()
    {
        var to = Payer.NewAddress();
        var first = await Payer.SendAsync(await Payer.TransferAsync(to, 1_000_000));
        await Payer.SendAsync(await Payer.TransferAsync(to, 2_000_000));
        await Localnet.PassSlotsAsync(1);

        var told = await Localnet.CallAsync("getTransaction", first, new { encoding = "base64", commitment = "confirmed", maxSupportedTransactionVersion = 0 });

        var meta = told!["meta"]!;
        Assert.Equal(5000, (int)meta["fee"]!);
        Assert.Equal((0UL, 1_000_000UL), ((ulong)meta["preBalances"]![1]!, (ulong)meta["postBalances"]![1]!));
        Assert.Equal(
            (ulong)meta["preBalances"]![0]! - 1_005_000,
            (ulong)meta["postBalances"]![0]!);
    }

    [Fact]
    public async Task Signatures_of_an_address_are_told_newest_first_and_page_by_page()
    {
        var to = Payer.NewAddress();
        var sent = new List<string>();
        for (ulong i = 1; i <= 5; i++) sent.Add(await Payer.SendAsync(await Payer.TransferAsync(to, 1_000_000 * i)));
        await Localnet.PassSlotsAsync(1);
        sent.Reverse();

        var firstPage = await Localnet.CallAsync("getSignaturesForAddress", to.ToString(), new { limit = 2, commitment = "confirmed" });
        var rest = await Localnet.CallAsync("getSignaturesForAddress", to.ToString(), new { before = sent[1], commitment = "confirmed" });

        string[] told = [.. firstPage!.AsArray().Concat(rest!.AsArray()).Select(each => (string)each!["signature"]!)];
        Assert.Equal(sent, told);
    }
}
