using System.Text.Json.Nodes;
using Cluster.Solana;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Localnet;

public sealed class LedgerTests : IDisposable
{
    private const ulong Lamports = 1_000_000;
    private const long Opening = 100_000_000_000;

    private readonly string _directory = Directory.CreateTempSubdirectory("localnet-ledger-").FullName;

    [Fact]
    public async Task A_killed_localnet_goes_on_where_it_stopped()
    {
        var to = Payer.NewAddress();
        await using var first = await StartAsync();
        using var payer = await Payer.FundedAsync(first);
        var transaction = await payer.TransferAsync(to, Lamports);
        var signature = await payer.SendAsync(transaction);
        await first.PassSlotsAsync(2);
        var genesis = (string)(await first.CallAsync("getGenesisHash"))!;
        var height = await HeightAsync(first);
        await first.KillAsync();

        await using var second = await StartAsync();

        Assert.Equal(genesis, (string)(await second.CallAsync("getGenesisHash"))!);
        Assert.True(await HeightAsync(second) > height);
        Assert.Equal(Lamports, (ulong)(await second.CallAsync("getBalance", to.ToString()))!["value"]!);
        Assert.Equal("confirmed", (string)(await StatusAsync(second, signature))!["confirmationStatus"]!);
        var refused = await Assert.ThrowsAsync<LocalnetRpcException>(() => second.CallAsync(
            "sendTransaction", Convert.ToBase64String(transaction), new { encoding = "base64", preflightCommitment = "processed" }));
        Assert.Equal("AlreadyProcessed", (string)refused.Details!["err"]!);
    }

    [Fact]
    public async Task What_was_signed_before_the_kill_may_land_after_it()
    {
        var to = Payer.NewAddress();
        await using var first = await StartAsync();
        using var payer = await Payer.FundedAsync(first);
        var transaction = await payer.TransferAsync(to, Lamports);
        await first.KillAsync();

        await using var second = await StartAsync();
        await second.CallAsync("sendTransaction", Convert.ToBase64String(transaction), new { encoding = "base64", preflightCommitment = "processed" });

        Assert.Equal(Lamports, (ulong)(await second.CallAsync("getBalance", to.ToString()))!["value"]!);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(600_000)]
    public async Task Forks_and_written_accounts_and_thousands_of_transactions_are_restored_exactly(int checkpointMs)
    {
        await using var first = await StartAsync(checkpointMs);
        using var payer = await Payer.FundedAsync(first);
        var mint = (string)(await first.AdminAsync("mint", new { program = "spl-token-2022", supply = "18446744073709551615", owner = payer.Address.ToString() }))["mint"]!;
        var written = Payer.NewAddress().ToString();
        await first.AdminAsync("set-account", new { address = written, lamports = "9007199254740993", data = "aGVsbG8=" });
        var signatures = await SendManyAsync(first, payer, 2500);
        await first.PassSlotsAsync(1);
        await SendManyAsync(first, payer, 100);
        await first.AdminAsync("fork", new { signatures = new[] { signatures[^1], signatures[7] } });
        await first.PassSlotsAsync(1);
        var expected = await StateAsync(first, payer, mint, written);
        await first.KillAsync();
        // A record torn by the end of the machine's power.
        await File.AppendAllBytesAsync(Path.Combine(_directory, "log.bin"), [200, 1, 0, 0, 1, 2, 3, 4, 5]);

        await using var second = await StartAsync(checkpointMs);

        Assert.Equal(expected, await StateAsync(second, payer, mint, written));
        await second.KillAsync();
        await using var third = await StartAsync(checkpointMs);
        Assert.Equal(expected, await StateAsync(third, payer, mint, written));
    }

    [Fact]
    public async Task Killed_again_and_again_under_forks_the_ledger_is_exactly_what_its_transactions_say()
    {
        var random = new Random(20261120);
        var options = new LocalnetOptions { Slot = TimeSpan.FromMilliseconds(15), Ledger = _directory, Arguments = ["--checkpoint-ms", "5"] };
        var payments = new Dictionary<string, (string To, ulong Amount)>();
        var localnet = await LocalnetProcess.StartAsync(options);
        using var payer = await Payer.FundedAsync(localnet, Opening);
        for (var life = 0; life < 5; life++)
        {
            await localnet.FaultsAsync(new { seed = life, forkDrops = new { p = 0.1, everySlots = 3 } });
            for (var left = random.Next(50, 300); left > 0; left--)
            {
                var (to, amount) = (Payer.NewAddress(), Lamports + (ulong)random.Next(1000));
                var transaction = payer.Transfer(to, amount, await payer.BlockhashAsync(localnet));
                payments[Transaction.SignatureAt(transaction, 0).ToString()] = (to.ToString(), amount);
                await localnet.CallAsync("sendTransaction", Convert.ToBase64String(transaction), new { encoding = "base64", skipPreflight = true });
            }

            await localnet.KillAsync();
            await localnet.DisposeAsync();
            localnet = await LocalnetProcess.StartAsync(options);
        }

        await using var last = localnet;
        var landed = (await last.LedgerAsync()).Select(each => (string)each["signature"]!).ToHashSet();
        foreach (var chunk in payments.Chunk(100))
        {
            var accounts = await last.CallAsync("getMultipleAccounts", chunk.Select(each => each.Value.To).ToArray());
            Assert.Equal(
                chunk.Select(each => landed.Contains(each.Key) ? each.Value.Amount : 0),
                accounts!["value"]!.AsArray().Select(account => (ulong?)account?["lamports"] ?? 0));
        }

        var spent = payments.Where(each => landed.Contains(each.Key)).Sum(each => (long)(each.Value.Amount + Transaction.LamportsPerSignature));
        Assert.Equal(Opening - spent, (long)(await last.CallAsync("getBalance", payer.Address.ToString()))!["value"]!);
        Assert.InRange(payments.Keys.Count(landed.Contains), payments.Count / 2, payments.Count - 1);
    }

    [Fact]
    public async Task Two_processes_never_share_a_ledger()
    {
        await using var first = await StartAsync();

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync());

        Assert.Contains("is in use by process", refused.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private Task<LocalnetProcess> StartAsync(int checkpointMs = 3000) => LocalnetProcess.StartAsync(
        new() { Slot = TimeSpan.FromMinutes(1), Ledger = _directory, Arguments = ["--checkpoint-ms", checkpointMs.ToString()] });

    private static async Task<long> HeightAsync(LocalnetProcess localnet) =>
        (long)(await localnet.CallAsync("getBlockHeight", new { commitment = "processed" }))!;

    private static async Task<JsonNode?> StatusAsync(LocalnetProcess localnet, string signature) =>
        (await localnet.CallAsync("getSignatureStatuses", new[] { signature }))!["value"]![0];

    /// <summary>Sends transfers to new addresses in batches of a hundred.</summary>
    private static async Task<List<string>> SendManyAsync(LocalnetProcess localnet, Payer payer, int count)
    {
        var blockhash = await payer.BlockhashAsync();
        var signatures = new List<string>();
        foreach (var chunk in Enumerable.Range(0, count).Chunk(100))
        {
            var replies = await localnet.PostAsync(chunk.Select(id => new
            {
                jsonrpc = "2.0",
                id,
                method = "sendTransaction",
                @params = new object[]
                {
                    Convert.ToBase64String(payer.Transfer(Payer.NewAddress(), Lamports, blockhash)), new { encoding = "base64", skipPreflight = true },
                },
            }));
            signatures.AddRange(replies!.AsArray().Select(reply => (string)reply!["result"]!));
        }

        return signatures;
    }

    /// <summary>All of the ledger that can be seen, as text.</summary>
    private static async Task<string> StateAsync(LocalnetProcess localnet, Payer payer, string mint, string written)
    {
        var ledger = (await localnet.LedgerAsync()).Select(each => $"{each["signature"]} {each["slot"]} {each["err"]}").Order(StringComparer.Ordinal);
        var balances = (await localnet.TokenBalancesAsync(mint)).Select(each => each.ToJsonString());
        var accounts = await localnet.CallAsync("getMultipleAccounts", new[] { payer.Address.ToString(), mint, written });
        return string.Join('\n', [.. ledger, .. balances, accounts!["value"]!.ToJsonString()]);
    }
}
