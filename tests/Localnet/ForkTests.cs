using Cluster.Solana;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Localnet;

public sealed class ForkTests : IAsyncLifetime
{
    private const ulong Lamports = 1_000_000;

    private LocalnetProcess _localnet = null!;
    private Payer _payer = null!;

    public async ValueTask InitializeAsync()
    {
        _localnet = await LocalnetProcess.StartAsync(new() { Slot = TimeSpan.FromMinutes(1) });
        _payer = await Payer.FundedAsync(_localnet);
    }

    public async ValueTask DisposeAsync()
    {
        _payer.Dispose();
        await _localnet.DisposeAsync();
    }

    [Fact]
    public async Task A_dropped_transaction_is_undone_as_if_it_had_never_been_and_the_others_stay()
    {
        var (first, dropped, last) = (Payer.NewAddress(), Payer.NewAddress(), Payer.NewAddress());
        var before = await _payer.BalanceAsync(_payer.Address);
        await _payer.SendAsync(await _payer.TransferAsync(first, Lamports));
        var signature = await _payer.SendAsync(await _payer.TransferAsync(dropped, 2 * Lamports));
        var survivor = await _payer.SendAsync(await _payer.TransferAsync(last, 3 * Lamports));
        await _localnet.PassSlotsAsync(3);
        Assert.Equal("confirmed", (string)(await _payer.StatusAsync(signature))!["confirmationStatus"]!);

        await _localnet.AdminAsync("fork", new { signatures = new[] { signature } });

        Assert.Null(await _payer.StatusAsync(signature));
        Assert.Equal("confirmed", (string)(await _payer.StatusAsync(survivor))!["confirmationStatus"]!);
        Assert.Equal((Lamports, 0UL, 3 * Lamports), (await _payer.BalanceAsync(first), await _payer.BalanceAsync(dropped), await _payer.BalanceAsync(last)));
        Assert.Equal(before - 4 * Lamports - 2 * Transaction.LamportsPerSignature, await _payer.BalanceAsync(_payer.Address));
    }

    [Fact]
    public async Task A_dropped_transaction_may_land_again_while_its_blockhash_lives()
    {
        var to = Payer.NewAddress();
        var transaction = await _payer.TransferAsync(to, Lamports);
        var signature = await _payer.SendAsync(transaction);
        await _localnet.AdminAsync("fork", new { signatures = new[] { signature } });
        Assert.Equal(0UL, await _payer.BalanceAsync(to));

        await _payer.SendAsync(transaction);

        Assert.Equal(Lamports, await _payer.BalanceAsync(to));
        Assert.Null((await _payer.StatusAsync(signature))!["err"]);
    }

    [Fact]
    public async Task What_depended_on_a_dropped_transaction_fails_when_it_is_executed_again()
    {
        using var heir = await Payer.FundedAsync(_localnet, 1_000_000);
        var gift = await _payer.SendAsync(await _payer.TransferAsync(heir.Address, 50 * Lamports));
        var spending = await heir.SendAsync(await heir.TransferAsync(Payer.NewAddress(), 40 * Lamports));

        await _localnet.AdminAsync("fork", new { signatures = new[] { gift } });

        Assert.Equal("""{"InstructionError":[0,{"Custom":1}]}""", (await heir.StatusAsync(spending))!["err"]!.ToJsonString());
        Assert.Equal(Lamports - Transaction.LamportsPerSignature, await heir.BalanceAsync(heir.Address));
    }

    [Fact]
    public async Task No_fork_drops_what_is_final()
    {
        var signature = await _payer.SendAsync(await _payer.TransferAsync(Payer.NewAddress(), Lamports));
        await _localnet.PassSlotsAsync(32);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(
            () => _localnet.AdminAsync("fork", new { signatures = new[] { signature } }));

        Assert.Contains("is finalized", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Under_random_forks_the_ledger_is_exactly_what_its_transactions_say()
    {
        await _localnet.FaultsAsync(new { seed = 11, forkDrops = new { p = 0.2 } });
        var opening = await _payer.BalanceAsync(_payer.Address);
        var payments = new Dictionary<string, (PublicKey To, ulong Amount)>();
        var blockhash = await _payer.BlockhashAsync();
        for (ulong i = 1; i <= 200; i++)
        {
            var (to, amount) = (Payer.NewAddress(), Lamports + i);
            payments.Add(await _payer.SendAsync(_payer.Transfer(to, amount, blockhash), skipPreflight: true), (to, amount));
            if (i % 10 == 0) await _localnet.PassSlotsAsync(1);
        }

        await _localnet.PassSlotsAsync(40);

        var landed = (await _localnet.LedgerAsync()).Select(each => (string)each["signature"]!).ToHashSet();
        var paid = 0UL;
        foreach (var (signature, (to, amount)) in payments)
        {
            Assert.Equal(landed.Contains(signature) ? amount : 0, await _payer.BalanceAsync(to));
            if (landed.Contains(signature)) paid += amount + Transaction.LamportsPerSignature;
        }

        Assert.Equal(opening - paid, await _payer.BalanceAsync(_payer.Address));
        Assert.InRange(payments.Keys.Count(signature => !landed.Contains(signature)), 15, 80);
    }
}
