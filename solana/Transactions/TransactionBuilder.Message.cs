using System.Numerics;
using System.Runtime.CompilerServices;

namespace Cluster.Solana;

/// <content>How the gathered instructions become bytes.</content>
public ref partial struct TransactionBuilder
{
    private const byte Version0 = 0x80;

    [SkipLocalsInit]
    private readonly void WriteMessage(in Blockhash blockhash, scoped Span<byte> destination)
    {
        var loaded = Loaded;
        var signers = _state.Signers;
        var others = All & ~signers & ~loaded;
        Span<byte> indexes = stackalloc byte[Transaction.MaxAccounts];
        var writer = new MessageWriter(destination, indexes);

        var signatures = BitOperations.PopCount(signers);
        writer.Count(signatures);
        writer.Zeros(signatures * Signature.Size);
        if (_isVersioned) writer.Byte(Version0);
        writer.Byte((byte)signatures);
        writer.Byte((byte)BitOperations.PopCount(signers & ~_state.Writable));
        writer.Byte((byte)BitOperations.PopCount(others & ~_state.Writable));

        ReadOnlySpan<PublicKey> keys = _keys;
        writer.Count(_state.Accounts - BitOperations.PopCount(loaded));
        writer.Keys(keys, signers & _state.Writable);
        writer.Keys(keys, signers & ~_state.Writable);
        writer.Keys(keys, others & _state.Writable);
        writer.Keys(keys, others & ~_state.Writable);
        IndexLoaded(loaded & _state.Writable, ref writer);
        IndexLoaded(loaded & ~_state.Writable, ref writer);
        writer.Bytes(blockhash.AsSpan());

        writer.Count(_state.Instructions);
        writer.Instructions(((ReadOnlySpan<byte>)_instructions)[.._state.InstructionBytes]);
        if (_isVersioned) WriteLookups(loaded, ref writer);
    }

    /// <summary>Gives loaded accounts their indexes after the static ones, table by table.</summary>
    private readonly void IndexLoaded(ulong set, ref MessageWriter writer)
    {
        for (var table = 0; table < _tables.Length; table++)
        {
            for (var rest = OfTable(set, table); rest != 0; rest &= rest - 1) writer.Index(BitOperations.TrailingZeroCount(rest));
        }
    }

    private readonly void WriteLookups(ulong loaded, ref MessageWriter writer)
    {
        var used = 0;
        for (var table = 0; table < _tables.Length; table++) used += OfTable(loaded, table) == 0 ? 0 : 1;
        writer.Count(used);
        for (var table = 0; table < _tables.Length; table++)
        {
            var set = OfTable(loaded, table);
            if (set == 0) continue;
            writer.Bytes(_tables[table].Key.AsSpan());
            WriteSlots(set & _state.Writable, ref writer);
            WriteSlots(set & ~_state.Writable, ref writer);
        }
    }

    private readonly void WriteSlots(ulong set, ref MessageWriter writer)
    {
        writer.Count(BitOperations.PopCount(set));
        for (; set != 0; set &= set - 1)
        {
            writer.Byte((byte)(_slots[BitOperations.TrailingZeroCount(set)] % AddressLookupTable.MaxAddresses));
        }
    }

    /// <summary>Bytes of the lookups; each count is one byte, there being at most 64 accounts.</summary>
    private readonly int LookupsSize(ulong loaded)
    {
        var size = 1;
        for (var table = 0; table < _tables.Length; table++)
        {
            var count = BitOperations.PopCount(OfTable(loaded, table));
            if (count != 0) size += PublicKey.Size + 2 + count;
        }

        return size;
    }

    private readonly ulong OfTable(ulong set, int table)
    {
        var found = 0UL;
        for (; set != 0; set &= set - 1)
        {
            var account = BitOperations.TrailingZeroCount(set);
            if (_slots[account] / AddressLookupTable.MaxAddresses == table) found |= 1UL << account;
        }

        return found;
    }
}
