using System.Numerics;

namespace Cluster.Solana;

/// <summary>Writes the parts of a message one after the other, and remembers which index each account was given.</summary>
internal ref struct MessageWriter(Span<byte> destination, Span<byte> indexes)
{
    private readonly Span<byte> _destination = destination;
    private readonly Span<byte> _indexes = indexes;
    private int _at;
    private byte _nextIndex;

    public void Byte(byte value) => _destination[_at++] = value;

    public void Count(int value) => _at += CompactU16.Write(_destination[_at..], value);

    public void Zeros(int count)
    {
        _destination.Slice(_at, count).Clear();
        _at += count;
    }

    public void Bytes(scoped ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_destination[_at..]);
        _at += bytes.Length;
    }

    /// <summary>The next index of the message is this account's.</summary>
    public void Index(int account) => _indexes[account] = _nextIndex++;

    public void Keys(scoped ReadOnlySpan<PublicKey> keys, ulong set)
    {
        for (; set != 0; set &= set - 1)
        {
            var account = BitOperations.TrailingZeroCount(set);
            Index(account);
            Bytes(keys[account].AsSpan());
        }
    }

    /// <summary>Copies instructions, giving every account the index it has in the message.</summary>
    public void Instructions(scoped ReadOnlySpan<byte> instructions)
    {
        while (!instructions.IsEmpty)
        {
            CompactU16.TryRead(instructions[1..], out var accounts, out var countSize);
            var accountsAt = 1 + countSize;
            CompactU16.TryRead(instructions[(accountsAt + accounts)..], out var data, out var dataSize);
            var size = accountsAt + accounts + dataSize + data;

            var written = _destination.Slice(_at, size);
            instructions[..size].CopyTo(written);
            written[0] = _indexes[written[0]];
            foreach (ref var account in written.Slice(accountsAt, accounts)) account = _indexes[account];
            _at += size;
            instructions = instructions[size..];
        }
    }
}
