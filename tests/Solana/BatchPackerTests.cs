using System.Buffers.Binary;
using Cluster.Solana;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Cluster.Tests.Solana;

public sealed class BatchPackerTests
{
    private static readonly Blockhash Recent = Blockhash.FromBytes(Key(1).AsSpan());

    private static readonly TokenPayoutTerms Terms = new()
    {
        FeePayer = Key(2),
        Source = Key(3),
        Owner = Key(2),
        Mint = Key(4),
        Decimals = 6,
        TokenProgram = TokenProgram.SplTokenId,
        ComputeUnitPrice = 1_000,
    };

    [Theory]
    [InlineData(false, 0, 19)]
    [InlineData(false, 1_000, 19)]
    [InlineData(true, 0, 9)]
    [InlineData(true, 1_000, 9)]
    public void Nineteen_payouts_fit_where_token_accounts_exist_and_nine_where_they_are_made(bool create, ulong price, int expected)
    {
        foreach (var program in new[] { TokenProgram.SplTokenId, TokenProgram.Token2022Id })
        {
            var packed = Pack(Terms with { ComputeUnitPrice = price, TokenProgram = program }, Payouts(30, create), out _);
            Assert.Equal(expected, packed.Count);
        }
    }

    [Fact]
    public void A_transfer_that_names_its_fee_is_longer_so_sixteen_fit()
    {
        var fee = new TransferFee(0, 1_000, 100);
        var packed = Pack(Terms with { TokenProgram = TokenProgram.Token2022Id, ExpectedFee = fee }, Payouts(30, create: false), out var transaction);

        Assert.Equal(16, packed.Count);
        var transfer = transaction.Instructions[2];
        Assert.Equal(fee.FeeOf(10), BinaryPrimitives.ReadUInt64LittleEndian(transfer.Data.AsSpan()[11..]));
    }

    [Fact]
    public void Twenty_payouts_in_sol_fit()
    {
        var terms = new SolPayoutTerms { FeePayer = Key(2), Source = Key(2), ComputeUnitPrice = 5 };
        var payouts = Enumerable.Range(0, 30).Select(i => new SolPayout(Key(100 + i), (ulong)i)).ToArray();

        Assert.Equal(20, BatchPacker.Pack(terms, payouts, Recent, new byte[Transaction.MaxSize]).Count);
    }

    [Fact]
    public void Another_fee_payer_than_the_owner_costs_a_signature_and_two_payouts()
    {
        var packed = Pack(Terms with { FeePayer = Key(5) }, Payouts(30, create: false), out var transaction);

        Assert.Equal(17, packed.Count);
        Assert.Equal(2, transaction.Signatures.Length);
        Assert.Equal(Key(5), transaction.FeePayer);
    }

    [Fact]
    public void The_compute_unit_limit_is_the_sum_of_the_estimates_and_bounds_the_batch()
    {
        var all = Pack(Terms, Payouts(19, create: false), out var transaction);
        Assert.Equal(1_000u + (19 * 6_500), all.ComputeUnitLimit);
        Assert.Equal(all.ComputeUnitLimit, BinaryPrimitives.ReadUInt32LittleEndian(transaction.Instructions[0].Data.AsSpan()[1..]));
        Assert.Equal(Terms.ComputeUnitPrice, BinaryPrimitives.ReadUInt64LittleEndian(transaction.Instructions[1].Data.AsSpan()[1..]));

        var some = Pack(Terms with { MaxComputeUnits = 1_000 + (5 * 6_500) + 6_499 }, Payouts(19, create: false), out _);

        Assert.Equal((5, 1_000u + (5 * 6_500)), (some.Count, some.ComputeUnitLimit));
    }

    [Fact]
    public void A_low_bump_seed_asks_for_more_compute_units()
    {
        var payout = Payouts(1, create: true)[0];

        var first = Pack(Terms, [payout with { Bump = 255 }], out _);
        var tenth = Pack(Terms, [payout with { Bump = 246 }], out _);

        Assert.Equal(9 * 1_500u, tenth.ComputeUnitLimit - first.ComputeUnitLimit);
    }

    [Fact]
    public void No_payout_and_one_that_exceeds_the_compute_units_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Pack(Terms, [], out _));
        var error = Assert.Throws<ArgumentException>(() => Pack(Terms with { MaxComputeUnits = 7_000 }, Payouts(1, create: false), out _));
        Assert.Contains("7000 compute units", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_the_mix_every_payout_is_packed_once_in_order_and_as_many_as_fit()
    {
        // Few wallets, among them the payer itself, so that accounts repeat in other roles.
        var payouts = Gen.Choose(0, 40).Two()
            .SelectMany(pair => Gen.Elements(true, false).Select(create =>
                new TokenPayout(Key(pair.Item1), Key(40 + pair.Item2), (ulong)(pair.Item1 + 1), create, 255)))
            .ArrayOf(60);

        Prop.ForAll(payouts.ToArbitrary(), all =>
        {
            var rest = all.AsSpan();
            while (!rest.IsEmpty)
            {
                var packed = Pack(Terms, rest, out var transaction);
                AssertHolds(rest[..packed.Count], transaction);
                if (packed.Count < rest.Length) AssertNoMoreFits(rest[..(packed.Count + 1)]);
                rest = rest[packed.Count..];
            }
        }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
    }

    [Fact]
    public void Packing_allocates_nothing()
    {
        var payouts = Payouts(19, create: true);
        var destination = new byte[Transaction.MaxSize];
        BatchPacker.Pack(Terms, payouts, Recent, destination);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) BatchPacker.Pack(Terms, payouts, Recent, destination);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void AssertHolds(ReadOnlySpan<TokenPayout> payouts, DecodedTransaction transaction)
    {
        var instructions = transaction.Instructions.AsSpan()[2..];
        foreach (ref readonly var payout in payouts)
        {
            if (payout.CreateTokenAccount)
            {
                Assert.Equal(
                    [Terms.FeePayer, payout.TokenAccount, payout.Owner, Terms.Mint, SystemProgram.ProgramId, Terms.TokenProgram],
                    AccountsOf(transaction, instructions[0]));
                instructions = instructions[1..];
            }

            Assert.Equal([Terms.Source, Terms.Mint, payout.TokenAccount, Terms.Owner], AccountsOf(transaction, instructions[0]));
            Assert.Equal(payout.Amount, BinaryPrimitives.ReadUInt64LittleEndian(instructions[0].Data.AsSpan()[1..]));
            instructions = instructions[1..];
        }

        Assert.True(instructions.IsEmpty);
    }

    private static void AssertNoMoreFits(ReadOnlySpan<TokenPayout> payouts)
    {
        var builder = new TransactionBuilder(Terms.FeePayer);
        ComputeBudget.SetComputeUnitLimit(ref builder, 1);
        ComputeBudget.SetComputeUnitPrice(ref builder, 1);
        foreach (ref readonly var payout in payouts)
        {
            if (payout.CreateTokenAccount)
            {
                AssociatedTokenAccount.CreateIdempotent(ref builder, Terms.FeePayer, payout.TokenAccount, payout.Owner, Terms.Mint, Terms.TokenProgram);
            }

            TokenProgram.TransferChecked(
                ref builder, Terms.TokenProgram, Terms.Source, Terms.Mint, payout.TokenAccount, Terms.Owner, payout.Amount, Terms.Decimals);
        }

        Assert.False(builder.Fits);
    }

    private static PublicKey[] AccountsOf(DecodedTransaction transaction, DecodedInstruction instruction) =>
        [.. instruction.AccountIndexes.Select(index => transaction.Accounts[index])];

    private static PackedBatch Pack(TokenPayoutTerms terms, ReadOnlySpan<TokenPayout> payouts, out DecodedTransaction transaction)
    {
        var bytes = new byte[Transaction.MaxSize];
        var packed = BatchPacker.Pack(terms, payouts, Recent, bytes);
        transaction = TransactionDecoder.Decode(bytes.AsSpan(0, packed.Size));
        return packed;
    }

    private static TokenPayout[] Payouts(int count, bool create) =>
        [.. Enumerable.Range(0, count).Select(i => new TokenPayout(Key(1_000 + i), Key(2_000 + i), 10, create, 255))];

    private static PublicKey Key(int number) => TransactionBuilderTests.Key(number);
}
