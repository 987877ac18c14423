using System.Text.Json.Nodes;
using Cluster.Solana;
using Xunit;

namespace Cluster.Tests.Solana;

/// <summary>What we make is, byte for byte, what @solana/kit and its program clients make.</summary>
public sealed class KitComparisonTests : IAsyncLifetime
{
    private NodeClient? _kit;

    private NodeClient Kit => _kit ?? throw new InvalidOperationException("not started");

    public async ValueTask InitializeAsync() => _kit = await NodeClient.StartAsync("solana.mjs");

    public ValueTask DisposeAsync() => Kit.DisposeAsync();

    [Fact]
    public async Task Three_thousand_random_transactions_are_the_same_bytes()
    {
        var transactions = Enumerable.Range(1, 3_000).Select(RandomTransaction.Make).ToList();

        var answers = await Kit.AskAllAsync(transactions.Select(transaction => transaction.Request));

        for (var i = 0; i < transactions.Count; i++)
        {
            var expected = Convert.FromBase64String(answers[i]!.GetValue<string>());
            Assert.True(expected.AsSpan().SequenceEqual(transactions[i].Bytes), $"transaction {i + 1} differs: {transactions[i].Request.ToJsonString()}");
        }

        Assert.Contains(transactions, transaction => transaction.Bytes.Length > 1_200);
        Assert.Contains(transactions, transaction => TransactionDecoder.Decode(transaction.Bytes).Lookups.Length == 2);
    }

    [Fact]
    public async Task Token_accounts_are_derived_at_the_same_addresses_with_the_same_bumps()
    {
        var random = new Random(7);
        var cases = Enumerable.Range(0, 3_000)
            .Select(i => (Owner: NewKey(random), Mint: NewKey(random), Program: i % 2 == 0 ? TokenProgram.SplTokenId : TokenProgram.Token2022Id))
            .ToList();

        var answers = await Kit.AskAllAsync(cases.Select(c => new JsonObject
        {
            ["kind"] = "derive", ["owner"] = $"{c.Owner}", ["mint"] = $"{c.Mint}", ["program"] = $"{c.Program}",
        }));

        for (var i = 0; i < cases.Count; i++)
        {
            var derived = AssociatedTokenAccount.Derive(cases[i].Owner, cases[i].Mint, cases[i].Program, out var bump);
            Assert.Equal(answers[i]!["key"]!.GetValue<string>(), derived.ToString());
            Assert.Equal(answers[i]!["bump"]!.GetValue<int>(), bump);
            Assert.False(derived.IsOnCurve);
        }
    }

    [Fact]
    public async Task Keys_are_on_the_curve_where_kit_says_so()
    {
        var random = new Random(8);
        var keys = Enumerable.Range(0, 3_000).Select(_ => NewKey(random)).ToList();

        var answers = await Kit.AskAllAsync(keys.Select(key => new JsonObject { ["kind"] = "isOnCurve", ["key"] = $"{key}" }));

        Assert.Equal(answers.Select(answer => answer!.GetValue<bool>()), keys.Select(key => key.IsOnCurve));
    }

    private static PublicKey NewKey(Random random)
    {
        var bytes = new byte[PublicKey.Size];
        random.NextBytes(bytes);
        return PublicKey.FromBytes(bytes);
    }
}
