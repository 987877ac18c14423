using System.Collections.Immutable;

namespace Cluster.Solana;

/// <summary>A transaction read from bytes, with all that a message may only say consistently checked.</summary>
public sealed record DecodedTransaction
{
    /// <summary>One signature for each of the first accounts; zeros where it has not signed yet.</summary>
    public required ImmutableArray<Signature> Signatures { get; init; }

    /// <summary>The version of the message: null for a legacy message, otherwise 0.</summary>
    public required int? Version { get; init; }

    /// <summary>How many of the signers are only read.</summary>
    public required int ReadonlySigners { get; init; }

    /// <summary>How many of the accounts that do not sign are only read.</summary>
    public required int ReadonlyNonSigners { get; init; }

    /// <summary>The accounts that the message names in full, all different; the first pays the fees.</summary>
    public required ImmutableArray<PublicKey> Accounts { get; init; }

    /// <summary>The block that bounds the transaction's life, or a durable nonce.</summary>
    public required Blockhash Blockhash { get; init; }

    /// <summary>What is done, in this order.</summary>
    public required ImmutableArray<DecodedInstruction> Instructions { get; init; }

    /// <summary>Accounts named through tables; none in a legacy message.</summary>
    public required ImmutableArray<AddressTableLookup> Lookups { get; init; }

    /// <summary>The account that pays the fees.</summary>
    public PublicKey FeePayer => Accounts[0];

    /// <summary>
    /// The role of the account at an index as instructions use it: first <see cref="Accounts"/>, then what the tables
    /// give, all writable ones before all read-only ones.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such account.</exception>
    public AccountRole RoleOf(int index)
    {
        var writableLookups = Lookups.Sum(lookup => lookup.WritableIndexes.Length);
        var lookups = writableLookups + Lookups.Sum(lookup => lookup.ReadonlyIndexes.Length);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Accounts.Length + lookups);

        if (index < Signatures.Length - ReadonlySigners) return AccountRole.WritableSigner;
        if (index < Signatures.Length) return AccountRole.ReadonlySigner;
        if (index < Accounts.Length - ReadonlyNonSigners) return AccountRole.Writable;
        if (index < Accounts.Length) return AccountRole.Readonly;
        return index < Accounts.Length + writableLookups ? AccountRole.Writable : AccountRole.Readonly;
    }
}

/// <summary>An instruction of a message.</summary>
/// <param name="Program">The program that is invoked.</param>
/// <param name="AccountIndexes">The accounts it is given, by index (see <see cref="DecodedTransaction.RoleOf"/>).</param>
/// <param name="Data">What it is told.</param>
public sealed record DecodedInstruction(PublicKey Program, ImmutableArray<byte> AccountIndexes, ImmutableArray<byte> Data);

/// <summary>What a message takes out of an address lookup table.</summary>
/// <param name="Table">The table's address.</param>
/// <param name="WritableIndexes">Addresses in the table that may be changed.</param>
/// <param name="ReadonlyIndexes">Addresses in the table that are only read.</param>
public sealed record AddressTableLookup(PublicKey Table, ImmutableArray<byte> WritableIndexes, ImmutableArray<byte> ReadonlyIndexes);
