using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Cluster.Solana;

/// <summary>An account that holds tokens of one mint for one owner, of SPL Token or Token-2022.</summary>
public sealed record TokenAccount
{
    /// <summary>Bytes of a token account without extensions.</summary>
    public const int Size = TokenAccountLayout.AccountSize;

    /// <summary>The token program that owns the account.</summary>
    public required PublicKey Program { get; init; }

    /// <summary>Which token it holds.</summary>
    public required PublicKey Mint { get; init; }

    /// <summary>Who may spend.</summary>
    public required PublicKey Owner { get; init; }

    /// <summary>What it holds, in base units.</summary>
    public required ulong Amount { get; init; }

    /// <summary>Who else may spend <see cref="DelegatedAmount"/>; nobody if null.</summary>
    public required PublicKey? Delegate { get; init; }

    /// <summary>Initialized or frozen.</summary>
    public required TokenAccountState State { get; init; }

    /// <summary>Of an account of wrapped SOL: the lamports that stay in it as rent; otherwise null.</summary>
    public required ulong? NativeReserve { get; init; }

    /// <summary>What the delegate may spend, in base units.</summary>
    public required ulong DelegatedAmount { get; init; }

    /// <summary>Who may close the account besides its owner; nobody if null.</summary>
    public required PublicKey? CloseAuthority { get; init; }

    /// <summary>All extensions in the account's order, the unknown ones too.</summary>
    public required ImmutableArray<TokenExtension> Extensions { get; init; }

    /// <summary>Whether the account lets nothing in or out.</summary>
    public bool IsFrozen => State == TokenAccountState.Frozen;

    /// <summary>Whether an incoming transfer must come right after a memo.</summary>
    public bool RequiresMemo => FlagOf(ExtensionType.MemoTransfer);

    /// <summary>Whether transfers by other programs are refused to the owner's own signature.</summary>
    public bool IsCpiGuarded => FlagOf(ExtensionType.CpiGuard);

    /// <summary>Whether the account has an extension.</summary>
    public bool Has(ExtensionType type) => TokenAccountLayout.Find(Extensions, type) is not null;

    /// <summary>Reads a token account.</summary>
    /// <param name="program">The owner of the account on the ledger.</param>
    /// <param name="data">The account's data, not trusted.</param>
    /// <exception cref="FormatException">The account is no initialized token account; the message says why.</exception>
    public static TokenAccount Decode(in PublicKey program, ReadOnlySpan<byte> data) =>
        TryDecode(program, data, out var account, out var error) ? account : throw new FormatException(error);

    /// <summary>Reads a token account; where the account is no initialized one, <paramref name="error"/> says why.</summary>
    /// <param name="program">The owner of the account on the ledger.</param>
    /// <param name="data">The account's data, not trusted.</param>
    /// <param name="account">The token account.</param>
    /// <param name="error">What is wrong.</param>
    public static bool TryDecode(
        in PublicKey program, ReadOnlySpan<byte> data, [NotNullWhen(true)] out TokenAccount? account, [NotNullWhen(false)] out string? error)
    {
        account = null;
        var failure = TokenAccountLayout.Read(program, data, Size, TokenAccountLayout.AccountType, out var extensions);
        if (failure is null) account = Read(program, data, extensions, out failure);
        if (failure is not null) account = null;
        error = account is null ? $"not a token account: {failure}" : null;
        return account is not null;
    }

    private static TokenAccount Read(
        in PublicKey program, ReadOnlySpan<byte> data, ImmutableArray<TokenExtension> extensions, out string? error)
    {
        var reader = new AccountReader(data);
        var account = new TokenAccount
        {
            Program = program,
            Mint = reader.Key(),
            Owner = reader.Key(),
            Amount = reader.UInt64(),
            Delegate = reader.OptionalKey("delegate"),
            State = (TokenAccountState)reader.Byte(),
            NativeReserve = reader.OptionalUInt64("native reserve"),
            DelegatedAmount = reader.UInt64(),
            CloseAuthority = reader.OptionalKey("close authority"),
            Extensions = extensions,
        };
        if (account.State == TokenAccountState.Uninitialized) reader.Fail("it is not initialized");
        if (!Enum.IsDefined(account.State)) reader.Fail($"its state is {(int)account.State}");
        error = reader.Error;
        return account;
    }

    private bool FlagOf(ExtensionType type) => TokenAccountLayout.Find(Extensions, type) is { } extension && extension.Value[0] != 0;
}
