using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Cluster.Solana;

/// <summary>
/// Gathers instructions and writes the transaction straight into the caller's span, allocating nothing. It lives on
/// the stack, some 4 KiB. Without lookup tables the message is a legacy one, which every node accepts; with
/// tables, even an empty list of them, it is version 0.
/// </summary>
/// <remarks>
/// The message format: three counts of the accounts (signers, read-only signers, read-only others), the keys ordered
/// writable signers, read-only signers, writable, read-only (each in order of first use), the blockhash, the
/// instructions with accounts by index, and for version 0 the lookups, writable indexes first.
/// </remarks>
public ref partial struct TransactionBuilder
{
    private const int HeaderSize = 3;
    private const int NotInTable = -1;

    private readonly ReadOnlySpan<AddressLookupTable> _tables;
    private readonly bool _isVersioned;

    private KeyTable _keys;
    private PrefixTable _prefixes;
    private SlotTable _slots;
    private InstructionBytes _instructions;

    /// <summary>Sets of accounts, a bit each.</summary>
    private State _state;

    /// <summary>Starts a legacy transaction.</summary>
    /// <param name="feePayer">Signs first and pays the fees.</param>
    public TransactionBuilder(in PublicKey feePayer)
    {
        _slots[0] = NotInTable;
        _keys[0] = feePayer;
        _prefixes[0] = feePayer.Prefix;
        _state = new State { Accounts = 1, Signers = 1, Writable = 1 };
    }

    /// <summary>Starts a version 0 transaction.</summary>
    /// <param name="feePayer">Signs first and pays the fees.</param>
    /// <param name="tables">Tables whose addresses are named by one byte; the first that holds an address is taken.</param>
    public TransactionBuilder(in PublicKey feePayer, ReadOnlySpan<AddressLookupTable> tables)
        : this(feePayer)
    {
        _tables = tables;
        _isVersioned = true;
    }

    /// <summary>Bytes that the transaction has so far, its signatures included.</summary>
    public readonly int Size
    {
        get
        {
            var signers = BitOperations.PopCount(_state.Signers);
            var loaded = Loaded;
            var keys = _state.Accounts - BitOperations.PopCount(loaded);
            var size = CompactU16.Size(signers) + signers * Signature.Size
                + HeaderSize + CompactU16.Size(keys) + keys * PublicKey.Size + Blockhash.Size
                + CompactU16.Size(_state.Instructions) + _state.InstructionBytes;
            return _isVersioned ? size + 1 + LookupsSize(loaded) : size;
        }
    }

    /// <summary>False once an instruction was left out because it did not fit; <see cref="Write"/> then refuses.</summary>
    public readonly bool Fits => !_state.Overflowed;

    /// <summary>How many instructions the transaction has.</summary>
    public readonly int InstructionCount => _state.Instructions;

    private readonly ulong All => ulong.MaxValue >> (64 - _state.Accounts);

    /// <summary>Accounts that the message names through a table: found in one, no signer, not invoked.</summary>
    private readonly ulong Loaded => _state.InTables & ~_state.Signers & ~_state.Programs;

    /// <summary>
    /// Adds an instruction. One that exceeds the limits of a transaction is left out as a whole,
    /// <see cref="Fits"/> turns false and <see cref="Write"/> refuses.
    /// </summary>
    /// <param name="program">The program that is invoked.</param>
    /// <param name="accounts">What it is given, in its order.</param>
    /// <param name="data">What it is told.</param>
    [SkipLocalsInit]
    public void Add(in PublicKey program, scoped ReadOnlySpan<AccountMeta> accounts, scoped ReadOnlySpan<byte> data)
    {
        var before = _state;
        var size = 1 + CompactU16.Size(accounts.Length) + accounts.Length + CompactU16.Size(data.Length) + data.Length;
        if (_state.Overflowed || _state.InstructionBytes + size > Transaction.MaxSize || !TryWriteInstruction(program, accounts, data, size) || Size > Transaction.MaxSize)
        {
            _state = before;
            _state.Overflowed = true;
        }
    }

    /// <summary>Writes the transaction with zeros for its signatures.</summary>
    /// <param name="blockhash">A recent block, which bounds how long the transaction can land.</param>
    /// <param name="destination">Takes <see cref="Size"/> bytes at its start, at most <see cref="Transaction.MaxSize"/>.</param>
    /// <returns>The transaction's bytes.</returns>
    /// <exception cref="TransactionTooLargeException">An instruction did not fit.</exception>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public readonly int Write(in Blockhash blockhash, Span<byte> destination)
    {
        if (_state.Overflowed)
        {
            throw new TransactionTooLargeException(
                $"after {_state.Instructions} instructions and {Size} bytes the next one exceeds a transaction's {Transaction.MaxSize} bytes or {Transaction.MaxAccounts} accounts");
        }

        var size = Size;
        if (destination.Length < size) throw new ArgumentException($"the transaction needs {size} bytes, not {destination.Length}", nameof(destination));

        WriteMessage(blockhash, destination[..size]);
        return size;
    }

    /// <summary>What <see cref="Rollback"/> goes back to.</summary>
    internal readonly State Checkpoint() => _state;

    /// <summary>Forgets what was added since the checkpoint.</summary>
    internal void Rollback(in State checkpoint) => _state = checkpoint;

    /// <summary>The last bytes of the instruction just added, to be filled in when the rest is known.</summary>
    internal readonly int LastDataOffset(int dataLength) => _state.InstructionBytes - dataLength;

    /// <summary>Replaces data in place; see <see cref="LastDataOffset"/>.</summary>
    [UnscopedRef]
    internal Span<byte> DataAt(int offset, int length) => ((Span<byte>)_instructions).Slice(offset, length);

    /// <summary>Writes an instruction with the accounts' indexes by first use; <see cref="WriteMessage"/> maps them.</summary>
    private bool TryWriteInstruction(in PublicKey program, scoped ReadOnlySpan<AccountMeta> accounts, scoped ReadOnlySpan<byte> data, int size)
    {
        var bytes = ((Span<byte>)_instructions).Slice(_state.InstructionBytes, size);
        if (!TryIndex(program, out var index)) return false;
        _state.Programs |= 1UL << index;
        bytes[0] = (byte)index;
        var at = 1 + CompactU16.Write(bytes[1..], accounts.Length);
        foreach (ref readonly var account in accounts)
        {
            if (!TryIndex(account.Key, out index)) return false;
            var bit = 1UL << index;
            if ((account.Role & AccountRole.ReadonlySigner) == AccountRole.ReadonlySigner) _state.Signers |= bit;
            if ((account.Role & AccountRole.Writable) == AccountRole.Writable) _state.Writable |= bit;
            bytes[at++] = (byte)index;
        }

        at += CompactU16.Write(bytes[at..], data.Length);
        data.CopyTo(bytes[at..]);
        _state.InstructionBytes += size;
        _state.Instructions++;
        return true;
    }

    private bool TryIndex(in PublicKey key, out int index)
    {
        ReadOnlySpan<ulong> prefixes = _prefixes;
        for (index = 0; index < _state.Accounts; index++)
        {
            var next = prefixes[index.._state.Accounts].IndexOf(key.Prefix);
            if (next < 0) break;
            index += next;
            if (_keys[index] == key) return true;
        }

        index = _state.Accounts;
        if (index == Transaction.MaxAccounts) return false;
        _keys[index] = key;
        _prefixes[index] = key.Prefix;
        _slots[index] = _tables.IsEmpty ? NotInTable : FindSlot(key);
        if (_slots[index] != NotInTable) _state.InTables |= 1UL << index;
        _state.Accounts++;
        return true;
    }

    /// <summary>The table and the index in it, as one number.</summary>
    private readonly int FindSlot(in PublicKey key)
    {
        for (var table = 0; table < _tables.Length; table++)
        {
            var index = _tables[table].Addresses.IndexOf(key);
            if (index >= 0) return table * AddressLookupTable.MaxAddresses + index;
        }

        return NotInTable;
    }

    /// <summary>All that an instruction may change, small enough to copy and so to undo.</summary>
    internal struct State
    {
        public ulong Signers;
        public ulong Writable;
        public ulong Programs;
        public ulong InTables;
        public int Accounts;
        public int Instructions;
        public int InstructionBytes;
        public bool Overflowed;
    }

    [InlineArray(Transaction.MaxAccounts)]
    private struct KeyTable
    {
        private PublicKey _first;
    }

    [InlineArray(Transaction.MaxAccounts)]
    private struct PrefixTable
    {
        private ulong _first;
    }

    [InlineArray(Transaction.MaxAccounts)]
    private struct SlotTable
    {
        private int _first;
    }

    [InlineArray(Transaction.MaxSize)]
    private struct InstructionBytes
    {
        private byte _first;
    }
}
