using System.Net;
using System.Net.Http.Json;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Localnet;

public sealed class FaultTests : HeldLocalnet
{
    private const ulong Lamports = 1_000_000;

    [Fact]
    public async Task A_lost_send_is_accepted_and_lands_only_when_it_is_sent_again()
    {
        await Localnet.FaultsAsync(new { lostSends = 1.0 });
        var to = Payer.NewAddress();
        var transaction = await Payer.TransferAsync(to, Lamports);

        var signature = await Payer.SendAsync(transaction);
        Assert.Null(await Payer.StatusAsync(signature));

        await Localnet.FaultsAsync(null);
        await Payer.SendAsync(transaction);
        Assert.Equal(Lamports, await Payer.BalanceAsync(to));
    }

    [Fact]
    public async Task A_tenth_of_the_sends_is_lost_where_a_tenth_is_ordered_and_a_resend_has_its_own_luck()
    {
        await Localnet.FaultsAsync(new { seed = 7, lostSends = 0.1 });
        var blockhash = await Payer.BlockhashAsync();
        var transactions = Enumerable.Range(1, 300).Select(i => Payer.Transfer(Payer.NewAddress(), Lamports + (ulong)i, blockhash)).ToArray();

        foreach (var transaction in transactions) await Payer.SendAsync(transaction, skipPreflight: true);
        var lost = (int)(await Localnet.StatsAsync())["counters"]!["lostSends"]!;
        foreach (var transaction in transactions) await Payer.SendAsync(transaction, skipPreflight: true);
        foreach (var transaction in transactions) await Payer.SendAsync(transaction, skipPreflight: true);

        Assert.InRange(lost, 10, 60);
        Assert.InRange((int)(await Localnet.StatsAsync())["counters"]!["landed"]!, 297, 300);
    }

    [Fact]
    public async Task A_late_transaction_lands_before_its_blockhash_has_expired()
    {
        await Localnet.FaultsAsync(new { lateLanding = 1.0 });
        var blockhash = await Payer.BlockhashAsync();
        var recipients = Enumerable.Range(0, 20).Select(_ => Payer.NewAddress()).ToArray();
        foreach (var to in recipients) await Payer.SendAsync(Payer.Transfer(to, Lamports, blockhash));
        Assert.Equal(20, (int)(await Localnet.StatsAsync())["waiting"]!);

        await Localnet.PassSlotsAsync(75);
        var halfway = (int?)(await Localnet.StatsAsync())["counters"]!["landed"] ?? 0;
        await Localnet.PassSlotsAsync(75);

        Assert.InRange(halfway, 1, 19);
        Assert.Equal(20, (int)(await Localnet.StatsAsync())["counters"]!["landed"]!);
    }

    [Fact]
    public async Task A_duplicated_send_pays_once()
    {
        await Localnet.FaultsAsync(new { duplicatedSends = 1.0 });
        var to = Payer.NewAddress();

        await Payer.SendAsync(await Payer.TransferAsync(to, Lamports));
        await Localnet.PassSlotsAsync(150);

        Assert.Equal(Lamports, await Payer.BalanceAsync(to));
        Assert.Equal(1, (int)(await Localnet.StatsAsync())["counters"]!["duplicate"]!);
    }

    [Fact]
    public async Task A_dropped_reply_breaks_the_connection_after_the_send_took_effect()
    {
        await Localnet.FaultsAsync(new { droppedReplies = 1.0 });
        var to = Payer.NewAddress();

        await Assert.ThrowsAsync<HttpRequestException>(async () => await Payer.SendAsync(await Payer.TransferAsync(to, Lamports)));

        Assert.Equal(Lamports, await Payer.BalanceAsync(to));
    }

    [Fact]
    public async Task Too_many_requests_come_in_bursts_with_a_time_to_wait()
    {
        await Localnet.FaultsAsync(new { seed = 3, http429 = new { p = 0.2, retryAfter = 2, burst = 5 } });
        using var http = new HttpClient { BaseAddress = Localnet.Url };

        var refused = new List<bool>();
        for (var i = 0; i < 200; i++)
        {
            using var reply = await http.PostAsJsonAsync(string.Empty, new { jsonrpc = "2.0", id = 1, method = "getHealth" });
            refused.Add(reply.StatusCode == HttpStatusCode.TooManyRequests);
            if (refused[^1]) Assert.Equal(TimeSpan.FromSeconds(2), reply.Headers.RetryAfter!.Delta);
        }

        Assert.InRange(refused.Count(each => each), 50, 180);
        Assert.Contains(string.Concat(refused.Select(each => each ? 'x' : '.')).Split('.'), run => run.Length >= 5);
    }

    [Fact]
    public async Task A_broken_node_answers_with_the_status_that_was_ordered()
    {
        await Localnet.FaultsAsync(new { http5xx = new { p = 1.0, status = 502 } });
        using var http = new HttpClient { BaseAddress = Localnet.Url };

        using var reply = await http.PostAsJsonAsync(string.Empty, new { jsonrpc = "2.0", id = 1, method = "getHealth" });

        Assert.Equal(HttpStatusCode.BadGateway, reply.StatusCode);
    }

    [Fact]
    public async Task A_lagging_node_does_not_know_what_landed_since()
    {
        var signature = await Payer.SendAsync(await Payer.TransferAsync(Payer.NewAddress(), Lamports));
        var slot = (long)(await Localnet.CallAsync("getSlot", new { commitment = "processed" }))!;
        await Localnet.FaultsAsync(new { laggingStatus = new { p = 1.0, slots = 10 } });

        Assert.Null(await Payer.StatusAsync(signature));
        Assert.Equal(slot - 10, (long)(await Localnet.CallAsync("getSlot", new { commitment = "processed" }))!);
        var refused = await Assert.ThrowsAsync<LocalnetRpcException>(
            () => Localnet.CallAsync("getSlot", new { commitment = "processed", minContextSlot = slot }));
        Assert.Equal(-32016, refused.Code);

        await Localnet.PassSlotsAsync(10);
        Assert.Equal("processed", (string)(await Payer.StatusAsync(signature))!["confirmationStatus"]!);
    }

    [Fact]
    public async Task A_fault_that_makes_no_sense_is_refused_by_name()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Localnet.FaultsAsync(new { lostSends = 1.5 }));

        Assert.Contains("faults.lostSends must be a number from 0 to 1, not 1.5", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Compute_units_of_a_block_are_shared_among_those_who_write_one_account()
    {
        await using var busy = await LocalnetProcess.StartAsync(
            new() { Slot = TimeSpan.FromMinutes(1), Arguments = ["--account-cu", "200000"] });
        using var payer = await Payer.FundedAsync(busy);
        var blockhash = await payer.BlockhashAsync();

        // A transfer asks for 200,000 units and uses 150, so the second one does not fit any more.
        for (ulong i = 1; i <= 3; i++) await payer.SendAsync(payer.Transfer(Payer.NewAddress(), Lamports * i, blockhash));

        Assert.Equal(1, (int)(await busy.StatsAsync())["counters"]!["landed"]!);
        await busy.PassSlotsAsync(2);
        Assert.Equal(3, (int)(await busy.StatsAsync())["counters"]!["landed"]!);
    }
}
