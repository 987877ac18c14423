using System.Globalization;
using System.Text.Json.Nodes;
using Cluster.Solana;
using Xunit;

namespace Cluster.Tests.Solana;

/// <summary>What we make is, byte for byte, what @solana/kit and its program clients make.</summary>
public sealed class KitComparisonTests(KitComparisonTests.KitFixture fixture) : IClassFixture<KitComparisonTests.KitFixture>
{
    private NodeClient Kit => fixture.Kit ?? throw new InvalidOperationException("not started");

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

    [Fact]
    public async Task Mints_are_read_with_the_same_fields_and_extensions()
    {
        var make = new AccountBytes(9);
        var mints = Enumerable.Range(0, 500).Select(i => make.Mint(FixedSizeExtensions(new Random(i), MintExtensions))).ToList();

        var answers = await Kit.AskAllAsync(mints.Select(mint => new JsonObject { ["kind"] = "decodeMint", ["data"] = Convert.ToBase64String(mint) }));

        for (var i = 0; i < mints.Count; i++)
        {
            var mint = MintAccount.Decode(TokenProgram.Token2022Id, mints[i]);
            var theirs = answers[i]!;
            Assert.Equal(Option(theirs["mintAuthority"]), mint.MintAuthority?.ToString());
            Assert.Equal(theirs["supply"]!.GetValue<string>(), $"{mint.Supply}");
            Assert.Equal(theirs["decimals"]!.GetValue<int>(), mint.Decimals);
            Assert.Equal(Option(theirs["freezeAuthority"]), mint.FreezeAuthority?.ToString());
            Assert.Equal(Kinds(theirs), mint.Extensions.Select(extension => extension.Name));
            if (mint.TransferFees is not { } fees) continue;
            var their = Extension(theirs, "TransferFeeConfig");
            Assert.Equal(their["transferFeeConfigAuthority"]!.GetValue<string>(), fees.ConfigAuthority?.ToString());
            Assert.Equal(their["withheldAmount"]!.GetValue<string>(), $"{fees.Withheld}");
            Assert.Equal(Fee(their["olderTransferFee"]!), fees.Older);
            Assert.Equal(Fee(their["newerTransferFee"]!), fees.Newer);
        }
    }

    [Fact]
    public async Task Token_accounts_are_read_with_the_same_fields_and_extensions()
    {
        var make = new AccountBytes(10);
        var accounts = Enumerable.Range(0, 500).Select(i => make.Account(FixedSizeExtensions(new Random(i), AccountExtensions))).ToList();

        var answers = await Kit.AskAllAsync(accounts.Select(account => new JsonObject { ["kind"] = "decodeAccount", ["data"] = Convert.ToBase64String(account) }));

        for (var i = 0; i < accounts.Count; i++)
        {
            var account = TokenAccount.Decode(TokenProgram.Token2022Id, accounts[i]);
            var theirs = answers[i]!;
            Assert.Equal(theirs["mint"]!.GetValue<string>(), $"{account.Mint}");
            Assert.Equal(theirs["owner"]!.GetValue<string>(), $"{account.Owner}");
            Assert.Equal(theirs["amount"]!.GetValue<string>(), $"{account.Amount}");
            Assert.Equal(Option(theirs["delegate"]), account.Delegate?.ToString());
            Assert.Equal(theirs["state"]!.GetValue<int>(), (int)account.State);
            Assert.Equal(Option(theirs["isNative"]), account.NativeReserve?.ToString());
            Assert.Equal(theirs["delegatedAmount"]!.GetValue<string>(), $"{account.DelegatedAmount}");
            Assert.Equal(Option(theirs["closeAuthority"]), account.CloseAuthority?.ToString());
            Assert.Equal(Kinds(theirs), account.Extensions.Select(extension => extension.Name));
            if (account.Has(ExtensionType.MemoTransfer))
            {
                Assert.Equal(Extension(theirs, "MemoTransfer")["requireIncomingTransferMemos"]!.GetValue<bool>(), account.RequiresMemo);
            }
        }
    }

    private static readonly ExtensionType[] MintExtensions =
    [
        ExtensionType.TransferFeeConfig, ExtensionType.MintCloseAuthority, ExtensionType.DefaultAccountState, ExtensionType.NonTransferable,
        ExtensionType.InterestBearingConfig, ExtensionType.PermanentDelegate, ExtensionType.TransferHook, ExtensionType.MetadataPointer,
        ExtensionType.GroupPointer, ExtensionType.GroupMemberPointer, ExtensionType.ScaledUiAmountConfig, ExtensionType.PausableConfig,
    ];

    private static readonly ExtensionType[] AccountExtensions =
    [
        ExtensionType.TransferFeeAmount, ExtensionType.ImmutableOwner, ExtensionType.MemoTransfer, ExtensionType.CpiGuard,
        ExtensionType.NonTransferableAccount, ExtensionType.TransferHookAccount, ExtensionType.PausableAccount,
    ];

    private static ExtensionType[] FixedSizeExtensions(Random random, ExtensionType[] all)
    {
        var some = all.ToArray();
        random.Shuffle(some);
        return some[..random.Next(all.Length)];
    }

    private static string? Option(JsonNode? option) => option!["__option"]!.GetValue<string>() == "Some" ? option["value"]!.GetValue<string>() : null;

    private static IEnumerable<string> Kinds(JsonNode account) =>
        account["extensions"]!["__option"]!.GetValue<string>() == "None"
            ? []
            : account["extensions"]!["value"]!.AsArray().Select(extension => extension!["__kind"]!.GetValue<string>())

                // The two zeros that keep a mint off the length of a multisig account.
                .Where(kind => kind != nameof(ExtensionType.Uninitialized));

    private static JsonNode Extension(JsonNode account, string kind) =>
        account["extensions"]!["value"]!.AsArray().Single(extension => extension!["__kind"]!.GetValue<string>() == kind)!;

    private static TransferFee Fee(JsonNode fee) => new(
        ulong.Parse(fee["epoch"]!.GetValue<string>(), CultureInfo.InvariantCulture),
        ulong.Parse(fee["maximumFee"]!.GetValue<string>(), CultureInfo.InvariantCulture),
        fee["transferFeeBasisPoints"]!.GetValue<ushort>());

    private static PublicKey NewKey(Random random)
    {
        var bytes = new byte[PublicKey.Size];
        random.NextBytes(bytes);
        return PublicKey.FromBytes(bytes);
    }

    public sealed class KitFixture : IAsyncLifetime
    {
        public NodeClient? Kit { get; private set; }

        public async ValueTask InitializeAsync() => Kit = await NodeClient.StartAsync("solana.mjs");

        public ValueTask DisposeAsync() => Kit?.DisposeAsync() ?? default;
    }
}
