using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace Cluster.Solana;

/// <summary>
/// Reads transactions from untrusted bytes. It refuses whatever the network's own sanitizing refuses: truncated or
/// left-over bytes, counts not in their shortest form, headers that contradict themselves, accounts named twice,
/// indexes out of range. What it allocates is bounded by the 1,232 bytes it accepts.
/// </summary>
public static class TransactionDecoder
{
    private const byte VersionFlag = 0x80;
    private const int MaxIndexedAccounts = 256;

    /// <summary>Reads a transaction.</summary>
    /// <exception cref="FormatException">The bytes are no transaction; the message says where and why.</exception>
    public static DecodedTransaction Decode(ReadOnlySpan<byte> bytes) =>
        TryDecode(bytes, out var transaction, out var error) ? transaction : throw new FormatException(error);

    /// <summary>Reads a transaction; where the bytes are none, <paramref name="error"/> says where and why.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out DecodedTransaction? transaction, [NotNullWhen(false)] out string? error)
    {
        var reader = new WireReader(bytes);
        if (bytes.Length > Transaction.MaxSize) reader.Fail($"it has {bytes.Length} bytes, more than {Transaction.MaxSize}");
        transaction = Read(ref reader);
        error = transaction is null ? $"invalid transaction: {reader.Error}" : null;
        return transaction is not null;
    }

    private static DecodedTransaction? Read(ref WireReader reader)
    {
        var signatures = ReadSignatures(ref reader);
        var version = ReadVersion(ref reader);
        var required = reader.Byte("the number of required signatures");
        var readonlySigners = reader.Byte("the number of read-only signers");
        var readonlyNonSigners = reader.Byte("the number of read-only accounts");
        var accounts = ReadAccounts(ref reader);
        CheckHeader(ref reader, signatures.Length, required, readonlySigners, readonlyNonSigners, accounts.Length);
        var blockhash = reader.Bytes(Blockhash.Size, "the blockhash");
        var instructions = ReadInstructions(ref reader, accounts, out var highestIndex);
        var lookups = version is null ? [] : ReadLookups(ref reader, accounts.Length);
        CheckIndexes(ref reader, highestIndex, accounts.Length, lookups);
        if (reader.Remaining > 0) reader.Fail($"{reader.Remaining} bytes are left over at byte {reader.Position}");
        if (reader.HasFailed) return null;

        return new DecodedTransaction
        {
            Signatures = signatures,
            Version = version,
            ReadonlySigners = readonlySigners,
            ReadonlyNonSigners = readonlyNonSigners,
            Accounts = accounts,
            Blockhash = Blockhash.FromBytes(blockhash),
            Instructions = instructions,
            Lookups = lookups,
        };
    }

    private static ImmutableArray<Signature> ReadSignatures(ref WireReader reader)
    {
        var signatures = new Signature[reader.Count(Signature.Size, "signatures")];
        for (var i = 0; i < signatures.Length; i++)
        {
            signatures[i] = Signature.FromBytes(reader.Bytes(Signature.Size, "a signature"));
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(signatures);
    }

    private static int? ReadVersion(ref WireReader reader)
    {
        if (reader.Peek() < VersionFlag) return null;
        var version = reader.Byte("the version") & ~VersionFlag;
        if (version != 0) reader.Fail($"version {version} of messages is not supported");
        return version;
    }

    private static ImmutableArray<PublicKey> ReadAccounts(ref WireReader reader)
    {
        var accounts = new PublicKey[reader.Count(PublicKey.Size, "accounts")];
        for (var i = 0; i < accounts.Length; i++)
        {
            accounts[i] = reader.Key("an account");
            if (accounts.AsSpan(0, i).Contains(accounts[i])) reader.Fail($"account {accounts[i]} is named twice");
        }

        return ImmutableCollectionsMarshal.AsImmutableArray(accounts);
    }

    private static void CheckHeader(
        ref WireReader reader, int signatures, int required, int readonlySigners, int readonlyNonSigners, int accounts)
    {
        if (required == 0) reader.Fail("no account signs it");
        if (signatures != required) reader.Fail($"it has {signatures} signatures but says that {required} are required");
        if (readonlySigners >= required) reader.Fail($"{readonlySigners} of {required} signers are read-only: none is left to pay the fee");
        if (required + readonlyNonSigners > accounts)
        {
            reader.Fail($"it names {accounts} accounts, less than {required} signers and {readonlyNonSigners} read-only ones");
        }
    }

    private static ImmutableArray<DecodedInstruction> ReadInstructions(
        ref WireReader reader, ImmutableArray<PublicKey> accounts, out int highestIndex)
    {
        const int minSize = 3;
        highestIndex = 0;
        var count = reader.Count(minSize, "instructions");
        var instructions = ImmutableArray.CreateBuilder<DecodedInstruction>(count);
        for (var i = 0; i < count && !reader.HasFailed; i++)
        {
            var program = reader.Byte("a program's index");
            var indexes = reader.Bytes(reader.Count(1, "account indexes"), "account indexes");
            var data = reader.Bytes(reader.Count(1, "bytes of data"), "data");
            if (program == 0 || program >= accounts.Length)
            {
                reader.Fail($"instruction {i + 1} invokes account {program}, but programs are accounts 1 to {accounts.Length - 1}");
                break;
            }

            foreach (var index in indexes) highestIndex = Math.Max(highestIndex, index);
            instructions.Add(new DecodedInstruction(accounts[program], [.. indexes], [.. data]));
        }

        return instructions.ToImmutable();
    }

    private static ImmutableArray<AddressTableLookup> ReadLookups(ref WireReader reader, int accounts)
    {
        const int minSize = PublicKey.Size + 2;
        var loaded = 0;
        var count = reader.Count(minSize, "address table lookups");
        var lookups = ImmutableArray.CreateBuilder<AddressTableLookup>(count);
        for (var i = 0; i < count && !reader.HasFailed; i++)
        {
            var table = reader.Key("a lookup table");
            var writable = reader.Bytes(reader.Count(1, "writable lookups"), "writable lookups");
            var readOnly = reader.Bytes(reader.Count(1, "read-only lookups"), "read-only lookups");
            if (writable.Length + readOnly.Length == 0) reader.Fail($"nothing is taken from lookup table {table}");
            loaded += writable.Length + readOnly.Length;
            lookups.Add(new AddressTableLookup(table, [.. writable], [.. readOnly]));
        }

        if (accounts + loaded > MaxIndexedAccounts) reader.Fail($"{accounts + loaded} accounts are more than {MaxIndexedAccounts}");
        return lookups.ToImmutable();
    }

    private static void CheckIndexes(ref WireReader reader, int highestIndex, int accounts, ImmutableArray<AddressTableLookup> lookups)
    {
        var all = accounts + lookups.Sum(lookup => lookup.WritableIndexes.Length + lookup.ReadonlyIndexes.Length);
        if (highestIndex >= all) reader.Fail($"an instruction names account {highestIndex} of {all}");
    }
}
