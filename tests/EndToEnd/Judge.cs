using System.Text.Json.Nodes;
using Cluster.Solana;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.EndToEnd;

/// <summary>Compares a campaign that has ended with the ledger, which alone knows who has what.</summary>
internal static class Judge
{
    private const ulong TokenAccountRent = 2_039_280;

    /// <summary>
    /// Everybody has exactly what is owed and the unpaid nothing, nobody else has anything, the report says the same, lanes
    /// are empty, and the source lacks what was paid and not a lamport more.
    /// </summary>
    /// <param name="airdrop">Ended.</param>
    /// <param name="owed">Each owner once.</param>
    /// <param name="unpaid">Those who get nothing.</param>
    /// <param name="why">What the report says of them.</param>
    public static async Task RequireExact(
        this Airdrop airdrop,
        IReadOnlyList<(PublicKey Owner, ulong Amount)> owed,
        IReadOnlySet<string>? unpaid = null,
        RecipientStatus why = RecipientStatus.RecipientFailed)
    {
        unpaid ??= new HashSet<string>();
        var held = (await airdrop.Localnet.TokenBalancesAsync(airdrop.Mint))
            .Select(account => (Owner: (string)account["owner"]!, Amount: ulong.Parse((string)account["amount"]!)))
            .Where(account => account.Amount > 0)
            .ToDictionary(account => account.Owner, account => account.Amount);
        var landed = (await airdrop.Localnet.LedgerAsync())
            .Where(entry => !airdrop.Foreign.Contains((string)entry["signature"]!))
            .ToDictionary(entry => (string)entry["signature"]!);
        RequireHoldings(airdrop, owed, unpaid, held);
        await RequireReport(airdrop, owed, unpaid, why, landed);
        await RequireEmptyLanes(airdrop);
        await RequireLamports(airdrop, landed, accounts: owed.Count(row => !unpaid.Contains(row.Owner.ToString())));
    }

    private static void RequireHoldings(
        Airdrop airdrop, IReadOnlyList<(PublicKey Owner, ulong Amount)> owed, IReadOnlySet<string> unpaid, Dictionary<string, ulong> held)
    {
        var left = Airdrop.Tokens;
        foreach (var (owner, amount) in owed.Select(row => (row.Owner.ToString(), row.Amount)))
        {
            var expected = unpaid.Contains(owner) ? 0 : amount;
            var has = held.GetValueOrDefault(owner);
            Assert.True(expected == has, $"{owner} is owed {expected} and has {has}");
            held.Remove(owner);
            left -= expected;
        }

        Assert.Equal(left, Assert.Single(held, account => account.Key == airdrop.SourceAddress).Value);
        Assert.Single(held);
    }

    private static async Task RequireReport(
        Airdrop airdrop,
        IReadOnlyList<(PublicKey Owner, ulong Amount)> owed,
        IReadOnlySet<string> unpaid,
        RecipientStatus why,
        Dictionary<string, JsonNode> landed)
    {
        var report = await airdrop.Report();
        Assert.Equal(owed.Select(row => (row.Owner.ToString(), row.Amount)), report.Select(row => (row.Address, row.Amount)));
        Assert.All(report, row =>
        {
            if (unpaid.Contains(row.Address))
            {
                Assert.Equal(why, row.Status);
                Assert.Equal(why == RecipientStatus.RecipientFailed, row.Reason.Length > 0);
                return;
            }

            Assert.Equal(RecipientStatus.RecipientPaid, row.Status);
            Assert.True(row.Finalized && row.Reason.Length == 0);
            Assert.True(landed.TryGetValue(row.Signature, out var entry), $"{row.Signature} is reported as paid and is not on the ledger");
            Assert.Null(entry["err"]);
        });
        var campaign = await airdrop.Get();
        Assert.Equal((ulong)(owed.Count - unpaid.Count), campaign.Progress.Paid);
        Assert.Equal(campaign.Progress.Paid, campaign.Progress.Finalized);
        Assert.Equal(why == RecipientStatus.RecipientFailed ? (ulong)unpaid.Count : 0, campaign.Progress.Failed);
        Assert.Equal(0UL, campaign.Progress.InFlight);
        Assert.Equal(
            owed.Where(row => !unpaid.Contains(row.Owner.ToString())).Aggregate(0UL, (sum, row) => sum + row.Amount), campaign.Progress.PaidAmount);
    }

    private static async Task RequireEmptyLanes(Airdrop airdrop)
    {
        var lanes = await Lanes(airdrop);
        Assert.NotEmpty(lanes);
        foreach (var lane in lanes)
        {
            Assert.Equal(0UL, (ulong)(await airdrop.Localnet.CallAsync("getBalance", lane))!["value"]!);
        }
    }

    /// <summary>What the source lacks is rent and the fees of exactly those transactions of ours that are on the ledger.</summary>
    private static async Task RequireLamports(Airdrop airdrop, Dictionary<string, JsonNode> landed, int accounts)
    {
        var known = await airdrop.Database.Open().Query(
            "select signature, fee_lamports from campaign_batches union all select signature, fee_lamports from wallet_transactions",
            [],
            row => (Signature: Signature.FromBytes(row.GetFieldValue<byte[]>(0)).ToString(), Fee: (ulong)row.GetDecimal(1)),
            default);
        var ours = known.Where(transaction => landed.ContainsKey(transaction.Signature)).ToList();
        var fees = ours.Aggregate(0UL, (sum, transaction) => sum + transaction.Fee);
        var left = (ulong)(await airdrop.Localnet.CallAsync("getBalance", airdrop.SourceAddress))!["value"]!;

        Assert.Equal(known.Count, known.DistinctBy(transaction => transaction.Signature).Count());
        Assert.Equal(landed.Count, ours.Count);
        Assert.Equal(Airdrop.Lamports - ((ulong)accounts * TokenAccountRent) - fees, left);
    }

    private static Task<IReadOnlyList<string>> Lanes(Airdrop airdrop) => airdrop.Database.Open().Query(
        "select address from wallets where kind = 'lane'", [], row => PublicKey.FromBytes(row.GetFieldValue<byte[]>(0)).ToString(), default);
}
