using System.Buffers.Binary;
using Cluster.Solana;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Solana;

public sealed class TokenAccountDecoderTests
{
    private static readonly int Inputs = FuzzInputs.Count;

    private static readonly PublicKey Spl = TokenProgram.SplTokenId;
    private static readonly PublicKey Token2022 = TokenProgram.Token2022Id;

    [Fact]
    public void An_extension_younger_than_this_code_is_reported_by_its_number()
    {
        var mint = MintAccount.Decode(Token2022, new AccountBytes(1).Mint(ExtensionType.MintCloseAuthority, (ExtensionType)999));

        Assert.True(mint.Has((ExtensionType)999));
        Assert.Equal(["MintCloseAuthority", "unknown extension 999"], mint.Extensions.Select(extension => extension.Name));
        Assert.Equal([true, false], mint.Extensions.Select(extension => extension.IsKnown));
    }

    [Fact]
    public void What_an_account_demands_of_transfers_is_told()
    {
        var bytes = new AccountBytes(2).Account(ExtensionType.ImmutableOwner, ExtensionType.MemoTransfer, ExtensionType.CpiGuard);
        bytes[^1] = 0;
        bytes[^6] = 1;

        var account = TokenAccount.Decode(Token2022, bytes);

        Assert.True(account.RequiresMemo);
        Assert.False(account.IsCpiGuarded);
        Assert.True(account.Has(ExtensionType.ImmutableOwner));
    }

    [Fact]
    public void A_paused_mint_is_told()
    {
        var bytes = new AccountBytes(3).Mint(ExtensionType.PausableConfig);
        bytes[^1] = 1;
        Assert.True(MintAccount.Decode(Token2022, bytes).IsPaused);

        bytes[^1] = 0;
        Assert.False(MintAccount.Decode(Token2022, bytes).IsPaused);
    }

    [Fact]
    public void Token_accounts_are_as_long_as_their_mint_demands()
    {
        Assert.Equal(165, MintAccount.Decode(Spl, new AccountBytes(4).Mint()).AssociatedTokenAccountSize);
        Assert.Equal(170, MintAccount.Decode(Token2022, new AccountBytes(4).Mint()).AssociatedTokenAccountSize);
        Assert.Equal(182, MintAccount.Decode(Token2022, new AccountBytes(4).Mint(ExtensionType.TransferFeeConfig)).AssociatedTokenAccountSize);
        Assert.Equal(278, MintAccount.SizeWith(ExtensionType.TransferFeeConfig));
        Assert.Equal(82, MintAccount.SizeWith());
        Assert.Throws<ArgumentException>(() => MintAccount.SizeWith(ExtensionType.TokenMetadata));
    }

    [Fact]
    public void Each_fault_of_a_mint_is_named()
    {
        var plain = new AccountBytes(5).Mint();
        var extended = new AccountBytes(5).Mint(ExtensionType.TransferFeeConfig, ExtensionType.DefaultAccountState);

        Assert.Equal("11111111111111111111111111111111 owns it, which is no token program", MintError(SystemProgram.ProgramId, plain));
        Assert.Equal("it has 0 bytes, not 82", MintError(Spl, []));
        Assert.Equal("it has 83 bytes, not 82", MintError(Token2022, [.. plain, 0]));
        Assert.Equal("it has 165 bytes, not 82", MintError(Token2022, new byte[165]));
        Assert.Equal("it has 355 bytes, not 82", MintError(Token2022, new byte[355]));
        Assert.Equal($"it has {extended.Length} bytes, not 82", MintError(Spl, extended));
        Assert.Equal("it is not initialized", MintError(Spl, With(plain, 45, 0)));
        Assert.Equal("the initialized flag is 2, neither 0 nor 1", MintError(Spl, With(plain, 45, 2)));
        Assert.Equal("the tag of the mint authority is 7, neither 0 nor 1", MintError(Spl, With(plain, 0, 7)));
        Assert.Equal("its type is 2, not 1", MintError(Token2022, With(extended, 165, 2)));
        Assert.Equal("the padding before its extensions is not zero", MintError(Token2022, With(extended, 164, 1)));
        Assert.Equal("TransferFeeConfig at byte 166 has 364 bytes, but 113 are left", MintError(Token2022, With(extended, 169, 1)));
        Assert.Equal("TransferFeeConfig at byte 166 has 107 bytes, not 108", MintError(Token2022, With(extended, 168, 107)));
        Assert.Equal("TransferFeeConfig at byte 166 has 108 bytes, but 100 are left", MintError(Token2022, extended[..270]));
        Assert.Equal("the extension at byte 278 is cut off", MintError(Token2022, extended[..281]));
        Assert.Equal("its default account state is 7", MintError(Token2022, With(extended, extended.Length - 1, 7)));
        Assert.Equal(
            "ImmutableOwner at byte 170 is there twice",
            MintError(Token2022, new AccountBytes(5).Mint(ExtensionType.ImmutableOwner, ExtensionType.ImmutableOwner)));
        BinaryPrimitives.WriteUInt16LittleEndian(extended.AsSpan(170 + 106), 10_001);
        Assert.Equal("its transfer fee of 10001 basis points exceeds 10000", MintError(Token2022, extended));
        Assert.Throws<FormatException>(() => MintAccount.Decode(Spl, []));
    }

    [Fact]
    public void Each_fault_of_a_token_account_is_named()
    {
        var plain = new AccountBytes(6).Account();

        Assert.Equal("it has 82 bytes, not 165", AccountError(Spl, new byte[82]));
        Assert.Equal("it is not initialized", AccountError(Spl, With(plain, 108, 0)));
        Assert.Equal("its state is 3", AccountError(Spl, With(plain, 108, 3)));
        Assert.Equal("the tag of the delegate is 2, neither 0 nor 1", AccountError(Spl, With(plain, 72, 2)));
        Assert.Equal("its type is 1, not 2", AccountError(Token2022, new AccountBytes(6).Mint(ExtensionType.TransferHook)));
        Assert.Throws<FormatException>(() => TokenAccount.Decode(Spl, []));
    }

    [Fact]
    [Trait("Category", FuzzInputs.Category)]
    public void Damaged_accounts_are_refused_or_read_in_bounded_memory()
    {
        const int mostAllocated = 64 * 1024;
        var mutator = new Mutator(43);
        var make = new AccountBytes(44);
        var types = Enum.GetValues<ExtensionType>().Where(type => type != ExtensionType.Uninitialized).ToArray();
        var mints = Enumerable.Range(0, 40).Select(i => make.Mint(types.AsSpan(i % types.Length, Math.Min(i % 4, types.Length - (i % types.Length))))).ToArray();
        var accounts = Enumerable.Range(0, 40).Select(i => make.Account(types.AsSpan(i % types.Length, Math.Min(i % 4, types.Length - (i % types.Length))))).ToArray();
        var refused = 0;
        for (var i = 0; i < Inputs; i++)
        {
            var isMint = i % 2 == 0;
            var program = i % 3 == 0 ? Spl : Token2022;
            var bytes = mutator.Mutate((isMint ? mints : accounts)[i % 40]);

            string? error = null;
            var allocated = Allocations.Of(
                mostAllocated,
                () => isMint ? MintAccount.TryDecode(program, bytes, out _, out error) : TokenAccount.TryDecode(program, bytes, out _, out error),
                out var reads);

            Assert.True(allocated < mostAllocated, $"input {i} allocated {allocated}: {Convert.ToBase64String(bytes)}");
            Assert.Equal(reads, error is null);
            refused += reads ? 0 : 1;
        }

        Assert.InRange(refused, Inputs / 4, Inputs - (Inputs / 50));
    }

    private static byte[] With(byte[] bytes, int at, byte value)
    {
        var changed = bytes.ToArray();
        changed[at] = value;
        return changed;
    }

    private static string MintError(PublicKey program, byte[] bytes)
    {
        Assert.False(MintAccount.TryDecode(program, bytes, out var mint, out var error));
        Assert.Null(mint);
        return error["not a mint: ".Length..];
    }

    private static string AccountError(PublicKey program, byte[] bytes)
    {
        Assert.False(TokenAccount.TryDecode(program, bytes, out var account, out var error));
        Assert.Null(account);
        return error["not a token account: ".Length..];
    }
}
