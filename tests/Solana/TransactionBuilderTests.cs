using Cluster.Solana;
using Xunit;

namespace Cluster.Tests.Solana;

public sealed class TransactionBuilderTests
{
    private static readonly Blockhash Recent = Blockhash.FromBytes(Key(99).AsSpan());

    [Fact]
    public void Roles_of_an_account_in_several_instructions_add_up_and_accounts_come_in_order()
    {
        var builder = new TransactionBuilder(Key(1));
        builder.Add(Key(9), [AccountMeta.Readonly(Key(2)), AccountMeta.Writable(Key(3)), AccountMeta.ReadonlySigner(Key(4))], [1]);
        builder.Add(Key(9), [AccountMeta.Writable(Key(2)), AccountMeta.WritableSigner(Key(5)), AccountMeta.Readonly(Key(1))], [2]);

        var decoded = Decode(ref builder);

        Assert.Equal([Key(1), Key(5), Key(4), Key(2), Key(3), Key(9)], decoded.Accounts);
        Assert.Equal((3, 1, 1), (decoded.Signatures.Length, decoded.ReadonlySigners, decoded.ReadonlyNonSigners));
        Assert.Equal([3, 1, 0], decoded.Instructions[1].AccountIndexes);
        Assert.Equal(Recent, decoded.Blockhash);
        Assert.Null(decoded.Version);
        Assert.Equal(
            [AccountRole.WritableSigner, AccountRole.WritableSigner, AccountRole.ReadonlySigner, AccountRole.Writable, AccountRole.Writable, AccountRole.Readonly],
            Enumerable.Range(0, 6).Select(decoded.RoleOf));
    }

    [Fact]
    public void Accounts_in_a_table_are_looked_up_unless_they_sign_or_are_invoked()
    {
        var table = new AddressLookupTable(Key(50), [Key(9), Key(2), Key(1), Key(4), Key(3)]);
        var builder = new TransactionBuilder(Key(1), [table]);
        builder.Add(Key(9), [AccountMeta.Readonly(Key(2)), AccountMeta.Writable(Key(3)), AccountMeta.ReadonlySigner(Key(4)), AccountMeta.Readonly(Key(6))], []);

        var decoded = Decode(ref builder);

        Assert.Equal(0, decoded.Version);
        Assert.Equal([Key(1), Key(4), Key(9), Key(6)], decoded.Accounts);
        var lookup = Assert.Single(decoded.Lookups);
        Assert.Equal(Key(50), lookup.Table);
        Assert.Equal([4], lookup.WritableIndexes);
        Assert.Equal([1], lookup.ReadonlyIndexes);
        Assert.Equal([5, 4, 1, 3], decoded.Instructions[0].AccountIndexes);
        Assert.Equal((AccountRole.Writable, AccountRole.Readonly), (decoded.RoleOf(4), decoded.RoleOf(5)));
        Assert.Throws<ArgumentOutOfRangeException>(() => decoded.RoleOf(6));
    }

    [Fact]
    public void An_instruction_that_does_not_fit_is_left_out_whole_and_the_transaction_is_refused()
    {
        var builder = new TransactionBuilder(Key(1));
        builder.Add(Key(2), [AccountMeta.WritableSigner(Key(3))], new byte[900]);
        var size = builder.Size;
        Assert.True(builder.Fits);

        builder.Add(Key(4), [AccountMeta.WritableSigner(Key(5))], new byte[100]);

        Assert.False(builder.Fits);
        Assert.Equal(1, builder.InstructionCount);
        Assert.Equal(size, builder.Size);
        TransactionTooLargeException? refused = null;
        try
        {
            builder.Write(Recent, new byte[Transaction.MaxSize]);
        }
        catch (TransactionTooLargeException exception)
        {
            refused = exception;
        }

        Assert.Contains("after 1 instructions", refused?.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1_062, true)]
    [InlineData(1_063, false)]
    public void A_transaction_of_1232_bytes_fits_and_one_of_1233_does_not(int dataLength, bool fits)
    {
        var builder = new TransactionBuilder(Key(1));
        builder.Add(Key(2), [], new byte[dataLength]);

        Assert.Equal(fits, builder.Fits);
        if (fits) Assert.Equal(Transaction.MaxSize, builder.Size);
    }

    [Fact]
    public void A_sixty_fifth_account_does_not_fit_even_by_tables()
    {
        var keys = Enumerable.Range(2, 100).Select(i => Key(i)).ToArray();
        var table = new AddressLookupTable(Key(200), keys);
        var builder = new TransactionBuilder(Key(1), [table]);
        builder.Add(Key(201), [.. keys.Take(62).Select(key => AccountMeta.Writable(key))], []);
        Assert.True(builder.Fits);
        Assert.Equal(64, Decode(ref builder).Lookups[0].WritableIndexes.Length + 2);

        builder.Add(Key(201), [AccountMeta.Writable(keys[62])], []);

        Assert.False(builder.Fits);
    }

    [Fact]
    public void A_rollback_undoes_accounts_roles_and_overflow()
    {
        var builder = new TransactionBuilder(Key(1));
        builder.Add(Key(2), [AccountMeta.Readonly(Key(3))], [1]);
        var expected = Bytes(ref builder);
        var checkpoint = builder.Checkpoint();
        builder.Add(Key(3), [AccountMeta.WritableSigner(Key(2)), AccountMeta.Writable(Key(4))], [2]);
        builder.Add(Key(3), [], new byte[2_000]);
        Assert.False(builder.Fits);

        builder.Rollback(checkpoint);

        Assert.Equal(expected, Bytes(ref builder));
    }

    [Fact]
    public void Keys_that_start_alike_are_told_apart()
    {
        var first = new byte[32];
        var second = new byte[32];
        second[31] = 1;
        var builder = new TransactionBuilder(Key(1));
        builder.Add(Key(2), [AccountMeta.Readonly(PublicKey.FromBytes(first)), AccountMeta.Writable(PublicKey.FromBytes(second)), AccountMeta.Readonly(PublicKey.FromBytes(second))], []);

        Assert.Equal([3, 1, 1], Decode(ref builder).Instructions[0].AccountIndexes);
    }

    [Fact]
    public void A_transaction_is_signed_by_those_who_must_and_by_no_others()
    {
        using var payer = SigningKey.Generate();
        using var second = SigningKey.Generate();
        using var stranger = SigningKey.Generate();
        var builder = new TransactionBuilder(payer.PublicKey, []);
        SystemProgram.CreateAccount(ref builder, payer.PublicKey, second.PublicKey, 1, 0, Key(7));
        var transaction = Bytes(ref builder);
        Assert.False(Transaction.IsSigned(transaction));

        var signature = Transaction.Sign(transaction, payer);
        Assert.False(Transaction.IsSigned(transaction));
        Transaction.SetSignature(transaction, second.PublicKey, second.Sign(Transaction.Message(transaction)));

        Assert.True(Transaction.IsSigned(transaction));
        Assert.Equal(2, Transaction.SignatureCount(transaction));
        Assert.Equal(signature, Transaction.SignatureAt(transaction, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Transaction.SignatureAt(transaction, 2));
        Assert.Contains($"{stranger.PublicKey}", Assert.Throws<ArgumentException>(() => Transaction.Sign(transaction, stranger)).Message, StringComparison.Ordinal);
        transaction[^1] ^= 1;
        Assert.False(Transaction.IsSigned(transaction));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("01")]
    [InlineData("80")]
    public void Bytes_that_are_no_transaction_are_not_signed(string bytes)
    {
        using var key = SigningKey.Generate();
        var transaction = Convert.FromHexString(bytes);

        Assert.Throws<FormatException>(() => Transaction.Sign(transaction, key));
        Assert.Throws<FormatException>(() => Transaction.IsSigned(transaction.Concat(new byte[66]).Take(66).ToArray()));
    }

    [Fact]
    public void Too_short_a_destination_is_named()
    {
        var builder = new TransactionBuilder(Key(1));
        SystemProgram.Transfer(ref builder, Key(1), Key(2), 1);
        ArgumentException? refused = null;
        try
        {
            builder.Write(Recent, new byte[builder.Size - 1]);
        }
        catch (ArgumentException exception)
        {
            refused = exception;
        }

        Assert.Contains("needs 215 bytes, not 214", refused?.Message, StringComparison.Ordinal);
    }

    internal static PublicKey Key(int number)
    {
        var bytes = new byte[PublicKey.Size];
        new Random(number).NextBytes(bytes);
        return PublicKey.FromBytes(bytes);
    }

    private static byte[] Bytes(ref TransactionBuilder builder)
    {
        var bytes = new byte[builder.Size];
        Assert.Equal(bytes.Length, builder.Write(Recent, bytes));
        return bytes;
    }

    private static DecodedTransaction Decode(ref TransactionBuilder builder) => TransactionDecoder.Decode(Bytes(ref builder));
}
