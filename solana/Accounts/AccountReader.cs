using System.Buffers.Binary;

namespace Cluster.Solana;

/// <summary>Reads the fields of an account whose length was checked; the first thing wrong is kept in <see cref="Error"/>.</summary>
internal ref struct AccountReader(ReadOnlySpan<byte> data)
{
    private readonly ReadOnlySpan<byte> _data = data;
    private int _at;

    public string? Error { get; private set; }

    public void Fail(string error) => Error ??= error;

    public byte Byte() => _data[_at++];

    public bool Bool(string what)
    {
        var value = Byte();
        if (value > 1) Fail($"{what} is {value}, neither 0 nor 1");
        return value == 1;
    }

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public PublicKey Key() => PublicKey.FromBytes(Take(PublicKey.Size));

    /// <summary>A key that is none where it is 32 zeros ("OptionalNonZeroPubkey").</summary>
    public PublicKey? NonZeroKey()
    {
        var key = Key();
        return key == default ? null : key;
    }

    /// <summary>A key behind a tag of four bytes ("COption").</summary>
    public PublicKey? OptionalKey(string what) => Tag(what) ? Key() : Skip<PublicKey>(PublicKey.Size);

    /// <summary>A number behind a tag of four bytes ("COption").</summary>
    public ulong? OptionalUInt64(string what) => Tag(what) ? UInt64() : Skip<ulong>(8);

    private bool Tag(string what)
    {
        var tag = BinaryPrimitives.ReadUInt32LittleEndian(Take(4));
        if (tag > 1) Fail($"the tag of the {what} is {tag}, neither 0 nor 1");
        return tag == 1;
    }

    private T? Skip<T>(int count)
        where T : struct
    {
        _at += count;
        return null;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        var bytes = _data.Slice(_at, count);
        _at += count;
        return bytes;
    }
}
