using Cluster.Solana;
using Xunit;

namespace Cluster.Tests.Localnet;

public sealed class ForkTests : HeldLocalnet
{
    private const ulong Lamports = 1_000_000;

    [Fact]
    public async Task A_dropped_transaction_is_undone_as_if_it_had_never_been_and_the_others_stay()
    {
        var (first, dropped, last) = (Payer.NewAddress(), Payer.NewAddress(), Payer.NewAddress());
        var before = await Payer.BalanceAsync(Payer.Address);
        await Payer.SendAsync(await Payer.TransferAsync(first, Lamports));
        var signature = await Payer.SendAsync(await Payer.TransferAsync(dropped, 2 * Lamports));
        var survivor = await Payer.SendAsync(await Payer.TransferAsync(last, 3 * Lamports));
        await Localnet.PassSlotsAsync(3);
        Assert.Equal("confirmed", (string)(await Payer.StatusAsync(signature))!["confirmationStatus"]!);

        await Localnet.AdminAsync("fork", new { signatures = new[] { signature } });

        Assert.Null(await Payer.StatusAsync(signature));
        Assert.Equal("confirmed", (string)(await Payer.StatusAsync(survivor))!["confirmationStatus"]!);
        Assert.Equal((Lamports, 0UL, 3 * Lamports), (await Payer.BalanceAsync(first), await Payer.BalanceAsync(dropped), await Payer.BalanceAsync(last)));
        Assert.Equal(before - 4 * Lamports - 2 * Transaction.LamportsPerSignature, await Payer.BalanceAsync(Payer.Address));
    }

    [Fact]
    public async Task A_dropped_transaction_may_land_again_while_its_blockhash_lives()
    {
        var to = Payer.NewAddress();
        var transaction = await Payer.TransferAsync(to, Lamports);
        var signature = await Payer.SendAsync(transaction);
        await Localnet.AdminAsync("fork", new { signatures = new[] { signature } });
        Assert.Equal(0UL, await Payer.BalanceAsync(to));

        await Payer.SendAsync(transaction);

        Assert.Equal(Lamports, await Payer.BalanceAsync(to));
        Assert.Null((await Payer.StatusAsync(signature))!["err"]);
    }

    [Fact]
    public async Task What_depended_on_a_dropped_transaction_fails_when_it_is_executed_again()
    {
        using var heir = await Payer.FundedAsync(Localnet, 1_000_000);
        var gift = await Payer.SendAsync(await Payer.TransferAsync(heir.Address, 50 * Lamports));
        var spending = await heir.SendAsync(await heir.TransferAsync(Payer.NewAddress(), 40 * Lamports));

        await Localnet.AdminAsync("fork", new { signatures = new[] { gift } });

        Assert.Equal("""{"InstructionError":[0,{"Custom":1}]}""", (await heir.StatusAsync(spending))!["err"]!.ToJsonString());
        Assert.Equal(Lamports - Transaction.LamportsPerSignature, await heir.BalanceAsync(heir.Address));
    }

    [Fact]
    public async Task No_fork_drops_what_is_final()
    {
        var signature = await Payer.SendAsync(await Payer.TransferAsync(Payer.NewAddress(), Lamports));
        await Localnet.PassSlotsAsync(32);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => Localnet.AdminAsync("fork", new { signatures = new[] { signature } }));

        Assert.Contains("is finalized", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_random_forks_the_ledger_is_exactly_what_its_transactions_say()
    {
        await Localnet.FaultsAsync(new { seed = 11, forkDrops = new { p = 0.2 } });
        var opening = await Payer.BalanceAsync(Payer.Address);
        var payments = new Dictionary<string, (PublicKey To, ulong Amount)>();
        var blockhash = await Payer.BlockhashAsync();
        for (ulong i = 1; i <= 200; i++)
        {
            var (to, amount) = (Payer.NewAddress(), Lamports + i);
            payments.Add(await Payer.SendAsync(Payer.Transfer(to, amount, blockhash), skipPreflight: true), (to, amount));
            if (i % 10 == 0) await Localnet.PassSlotsAsync(1);
        }

        await Localnet.PassSlotsAsync(40);

        var landed = (await Localnet.LedgerAsync()).Select(each => (string)each["signature"]!).ToHashSet();
        var paid = 0UL;
        foreach (var (signature, (to, amount)) in payments)
        {
            Assert.Equal(landed.Contains(signature) ? amount : 0, await Payer.BalanceAsync(to));
            if (landed.Contains(signature)) paid += amount + Transaction.LamportsPerSignature;
        }

        Assert.Equal(opening - paid, await Payer.BalanceAsync(Payer.Address));
        Assert.InRange(payments.Keys.Count(signature => !landed.Contains(signature)), 15, 80);
    }
}
