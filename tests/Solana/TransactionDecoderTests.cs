using Cluster.Solana;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Solana;

public sealed class TransactionDecoderTests
{
    private static readonly int Inputs = FuzzInputs.Count;

    [Fact]
    public void What_is_decoded_says_all_that_the_bytes_say()
    {
        for (var seed = 10_000; seed < 11_000; seed++)
        {
            var bytes = RandomTransaction.Make(seed).Bytes;
            Assert.Equal(bytes, Encode(TransactionDecoder.Decode(bytes)));
        }
    }

    [Fact]
    [Trait("Category", FuzzInputs.Category)]
    public void Damaged_transactions_are_refused_or_decoded_faithfully_in_bounded_memory()
    {
        const int mostAllocated = 128 * 1024;
        var mutator = new Mutator(42);
        var originals = Enumerable.Range(20_000, 64).Select(seed => RandomTransaction.Make(seed).Bytes).ToArray();
        var refused = 0;
        for (var i = 0; i < Inputs; i++)
        {
            var bytes = mutator.Mutate(originals[i % originals.Length]);

            DecodedTransaction? transaction = null;
            string? error = null;
            var allocated = Allocations.Of(mostAllocated, () => TransactionDecoder.TryDecode(bytes, out transaction, out error), out var decodes);

            Assert.True(allocated < mostAllocated, $"input {i} allocated {allocated}: {Convert.ToBase64String(bytes)}");
            if (decodes)
            {
                Assert.True(Encode(transaction!).AsSpan().SequenceEqual(bytes), $"input {i} is not decoded faithfully: {Convert.ToBase64String(bytes)}");
            }
            else
            {
                refused++;
                Assert.StartsWith("invalid transaction: ", error, StringComparison.Ordinal);
            }
        }

        Assert.InRange(refused, Inputs / 4, Inputs - (Inputs / 50));
    }

    [Fact]
    public void Pure_noise_is_refused()
    {
        var random = new Random(5);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[random.Next(1_300)];
            random.NextBytes(bytes);
            Assert.False(TransactionDecoder.TryDecode(bytes, out _, out _));
        }
    }

    [Fact]
    public void Each_fault_is_named_with_its_place()
    {
        // One signature, legacy: accounts 1 to 3 of which 3 is the program, at bytes 65 (header), 68 (count), 69 (keys).
        var builder = new TransactionBuilder(TransactionBuilderTests.Key(1));
        builder.Add(TransactionBuilderTests.Key(3), [AccountMeta.Writable(TransactionBuilderTests.Key(2))], [1, 2, 3]);
        var good = new byte[builder.Size];
        builder.Write(default, good);

        Assert.Equal("it has 1233 bytes, more than 1232", ErrorOf(new byte[1_233]));
        Assert.Equal("the number of signatures at byte 0 is no compact-u16 in its shortest form", ErrorOf([]));
        Assert.Equal("the number of signatures at byte 0 is no compact-u16 in its shortest form", ErrorOf([0x81, 0x00]));
        Assert.Equal("200 signatures at byte 0 need 12800 bytes, but 10 are left", ErrorOf([0xC8, 0x01, .. new byte[10]]));
        Assert.Equal("no account signs it", ErrorOf(With(good, 65, 0)));
        Assert.Equal("it has 1 signatures but says that 2 are required", ErrorOf(With(good, 65, 2)));
        Assert.Equal("1 of 1 signers are read-only: none is left to pay the fee", ErrorOf(With(good, 66, 1)));
        Assert.Equal("it names 3 accounts, less than 1 signers and 3 read-only ones", ErrorOf(With(good, 67, 3)));
        Assert.Equal("version 1 of messages is not supported", ErrorOf([.. good[..65], 0x81, .. good[65..]]));
        Assert.Equal($"account {TransactionBuilderTests.Key(1)} is named twice", ErrorOf([.. good[..101], .. good[69..101], .. good[133..]]));
        Assert.Equal("instruction 1 invokes account 0, but programs are accounts 1 to 2", ErrorOf(With(good, good.Length - 7, 0)));
        Assert.Equal("instruction 1 invokes account 3, but programs are accounts 1 to 2", ErrorOf(With(good, good.Length - 7, 3)));
        Assert.Equal("an instruction names account 3 of 3", ErrorOf(With(good, good.Length - 5, 3)));
        Assert.Equal($"3 bytes of data at byte {good.Length - 4} need 3 bytes, but 2 are left", ErrorOf(good[..^1]));
        Assert.Equal($"1 bytes are left over at byte {good.Length}", ErrorOf([.. good, 0]));
        Assert.Equal(
            $"nothing is taken from lookup table {TransactionBuilderTests.Key(9)}",
            ErrorOf([.. good[..65], 0x80, .. good[65..], 1, .. TransactionBuilderTests.Key(9).AsSpan(), 0, 0]));
        Assert.Throws<FormatException>(() => TransactionDecoder.Decode([1]));
    }

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        var changed = bytes.ToArray();
        changed[at] = value;
        return changed;
    }

    private static string ErrorOf(byte[] bytes)
    {
        Assert.False(TransactionDecoder.TryDecode(bytes, out var transaction, out var error));
        Assert.Null(transaction);
        return error["invalid transaction: ".Length..];
    }

    /// <summary>The wire format once more, from what was decoded alone.</summary>
    private static byte[] Encode(DecodedTransaction transaction)
    {
        var bytes = new List<byte>();
        Count(bytes, transaction.Signatures.Length);
        foreach (var signature in transaction.Signatures) bytes.AddRange(signature.AsSpan());
        if (transaction.Version is { } version) bytes.Add((byte)(0x80 | version));
        bytes.AddRange([(byte)transaction.Signatures.Length, (byte)transaction.ReadonlySigners, (byte)transaction.ReadonlyNonSigners]);
        Count(bytes, transaction.Accounts.Length);
        foreach (var account in transaction.Accounts) bytes.AddRange(account.AsSpan());
        bytes.AddRange(transaction.Blockhash.AsSpan());
        Count(bytes, transaction.Instructions.Length);
        foreach (var instruction in transaction.Instructions)
        {
            bytes.Add((byte)transaction.Accounts.IndexOf(instruction.Program));
            Vector(bytes, instruction.AccountIndexes.AsSpan());
            Vector(bytes, instruction.Data.AsSpan());
        }

        if (transaction.Version is null) return [.. bytes];
        Count(bytes, transaction.Lookups.Length);
        foreach (var lookup in transaction.Lookups)
        {
            bytes.AddRange(lookup.Table.AsSpan());
            Vector(bytes, lookup.WritableIndexes.AsSpan());
            Vector(bytes, lookup.ReadonlyIndexes.AsSpan());
        }

        return [.. bytes];
    }

    private static void Vector(List<byte> bytes, ReadOnlySpan<byte> items)
    {
        Count(bytes, items.Length);
        bytes.AddRange(items);
    }

    private static void Count(List<byte> bytes, int count)
    {
        Span<byte> compact = stackalloc byte[3];
        bytes.AddRange(compact[..CompactU16.Write(compact, count)]);
    }
}
