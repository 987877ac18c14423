using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Cluster.Solana;

/// <summary>A token: the account of its mint, of SPL Token or Token-2022.</summary>
public sealed record MintAccount
{
    /// <summary>Bytes of a mint without extensions.</summary>
    public const int Size = TokenAccountLayout.MintSize;

    /// <summary>The token program that owns the mint and moves its tokens.</summary>
    public required PublicKey Program { get; init; }

    /// <summary>Who may mint; nobody if null.</summary>
    public required PublicKey? MintAuthority { get; init; }

    /// <summary>Base units that exist.</summary>
    public required ulong Supply { get; init; }

    /// <summary>How many digits after the point a token has.</summary>
    public required byte Decimals { get; init; }

    /// <summary>Who may freeze token accounts; nobody if null.</summary>
    public required PublicKey? FreezeAuthority { get; init; }

    /// <summary>All extensions in the account's order, the unknown ones too.</summary>
    public required ImmutableArray<TokenExtension> Extensions { get; init; }

    /// <summary>The fees on transfers, if the mint has any.</summary>
    public TransferFeeConfig? TransferFees { get; private init; }

    /// <summary>The program that every transfer calls; null where there is no hook or none is set for now.</summary>
    public PublicKey? TransferHookProgram { get; private init; }

    /// <summary>The delegate that may move and burn everybody's tokens, if the mint has one.</summary>
    public PublicKey? PermanentDelegate { get; private init; }

    /// <summary>The state that new token accounts start with.</summary>
    public TokenAccountState DefaultAccountState { get; private init; } = TokenAccountState.Initialized;

    /// <summary>Whether transfers, minting and burning are paused.</summary>
    public bool IsPaused { get; private init; }

    /// <summary>Bytes of this mint's associated token accounts, which decide their rent.</summary>
    public int AssociatedTokenAccountSize
    {
        get
        {
            if (Program == TokenProgram.SplTokenId) return TokenAccount.Size;

            var sizes = new List<int> { ExtensionSizes.Of(ExtensionType.ImmutableOwner)!.Value };
            foreach (var extension in Extensions)
            {
                if (ExtensionSizes.RequiredOfAccounts(extension.Type) is { } required) sizes.Add(ExtensionSizes.Of(required)!.Value);
            }

            return TokenAccountLayout.SizeWith(TokenAccount.Size, [.. sizes]);
        }
    }

    /// <summary>Whether the mint has an extension.</summary>
    public bool Has(ExtensionType type) => TokenAccountLayout.Find(Extensions, type) is not null;

    /// <summary>Bytes of a mint with extensions, each of fixed size, before it is initialized.</summary>
    /// <exception cref="ArgumentException">An extension's size varies.</exception>
    public static int SizeWith(params ReadOnlySpan<ExtensionType> extensions)
    {
        var sizes = new int[extensions.Length];
        for (var i = 0; i < sizes.Length; i++)
        {
            sizes[i] = ExtensionSizes.Of(extensions[i])
                ?? throw new ArgumentException($"the size of {extensions[i]} varies", nameof(extensions));
        }

        return TokenAccountLayout.SizeWith(Size, sizes);
    }

    /// <summary>Reads a mint.</summary>
    /// <param name="program">The owner of the account.</param>
    /// <param name="data">The account's data, not trusted.</param>
    /// <exception cref="FormatException">The account is no initialized mint; the message says why.</exception>
    public static MintAccount Decode(in PublicKey program, ReadOnlySpan<byte> data) =>
        TryDecode(program, data, out var mint, out var error) ? mint : throw new FormatException(error);

    /// <summary>Reads a mint; where the account is no initialized mint, <paramref name="error"/> says why.</summary>
    /// <param name="program">The owner of the account.</param>
    /// <param name="data">The account's data, not trusted.</param>
    /// <param name="mint">The mint.</param>
    /// <param name="error">What is wrong.</param>
    public static bool TryDecode(
        in PublicKey program, ReadOnlySpan<byte> data, [NotNullWhen(true)] out MintAccount? mint, [NotNullWhen(false)] out string? error)
    {
        mint = null;
        var failure = TokenAccountLayout.Read(program, data, Size, TokenAccountLayout.MintType, out var extensions);
        if (failure is null) mint = Read(program, data, extensions, out failure);
        if (failure is not null) mint = null;
        error = mint is null ? $"not a mint: {failure}" : null;
        return mint is not null;
    }

    private static MintAccount Read(
        in PublicKey program, ReadOnlySpan<byte> data, ImmutableArray<TokenExtension> extensions, out string? error)
    {
        var reader = new AccountReader(data);
        var mintAuthority = reader.OptionalKey("mint authority");
        var supply = reader.UInt64();
        var decimals = reader.Byte();
        if (!reader.Bool("the initialized flag")) reader.Fail("it is not initialized");
        var mint = new MintAccount
        {
            Program = program,
            MintAuthority = mintAuthority,
            Supply = supply,
            Decimals = decimals,
            FreezeAuthority = reader.OptionalKey("freeze authority"),
            Extensions = extensions,
            TransferFees = ReadFees(extensions, ref reader),
            TransferHookProgram = KeyIn(extensions, ExtensionType.TransferHook, offset: PublicKey.Size),
            PermanentDelegate = KeyIn(extensions, ExtensionType.PermanentDelegate, offset: 0),
            DefaultAccountState = ReadDefaultState(extensions, ref reader),
            IsPaused = TokenAccountLayout.Find(extensions, ExtensionType.PausableConfig) is { } pausable && pausable.Value[^1] != 0,
        };
        error = reader.Error;
        return mint;
    }

    private static TransferFeeConfig? ReadFees(ImmutableArray<TokenExtension> extensions, ref AccountReader mint)
    {
        if (TokenAccountLayout.Find(extensions, ExtensionType.TransferFeeConfig) is not { } extension) return null;
        var reader = new AccountReader(extension.Value.AsSpan());
        var fees = new TransferFeeConfig(
            reader.NonZeroKey(), reader.NonZeroKey(), reader.UInt64(),
            new TransferFee(reader.UInt64(), reader.UInt64(), reader.UInt16()),
            new TransferFee(reader.UInt64(), reader.UInt64(), reader.UInt16()));
        var most = Math.Max(fees.Older.BasisPoints, fees.Newer.BasisPoints);
        if (most > TransferFee.MaxBasisPoints) mint.Fail($"its transfer fee of {most} basis points exceeds {TransferFee.MaxBasisPoints}");
        return fees;
    }

    private static TokenAccountState ReadDefaultState(ImmutableArray<TokenExtension> extensions, ref AccountReader mint)
    {
        if (TokenAccountLayout.Find(extensions, ExtensionType.DefaultAccountState) is not { } extension) return TokenAccountState.Initialized;
        var state = (TokenAccountState)extension.Value[0];
        if (state is not (TokenAccountState.Initialized or TokenAccountState.Frozen)) mint.Fail($"its default account state is {(int)state}");
        return state;
    }

    private static PublicKey? KeyIn(ImmutableArray<TokenExtension> extensions, ExtensionType type, int offset)
    {
        if (TokenAccountLayout.Find(extensions, type) is not { } extension) return null;
        return new AccountReader(extension.Value.AsSpan()[offset..]).NonZeroKey();
    }
}
