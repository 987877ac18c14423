using System.Buffers.Binary;
using Cluster.Solana;

namespace Cluster.Tests.Solana;

/// <summary>Mints and token accounts as they lie on the ledger, random but well formed.</summary>
internal sealed class AccountBytes(int seed)
{
    private readonly Random _random = new(seed);

    public byte[] Mint(params ReadOnlySpan<ExtensionType> extensions)
    {
        var bytes = new List<byte>();
        OptionalKey(bytes);
        UInt64(bytes);
        bytes.AddRange([(byte)_random.Next(20), 1]);
        OptionalKey(bytes);
        return Extend(bytes, 1, extensions);
    }

    public byte[] Account(params ReadOnlySpan<ExtensionType> extensions)
    {
        var bytes = new List<byte>();
        bytes.AddRange(Bytes(64));
        UInt64(bytes);
        OptionalKey(bytes);
        bytes.Add((byte)_random.Next(1, 3));
        Option(bytes, 8);
        UInt64(bytes);
        OptionalKey(bytes);
        return Extend(bytes, 2, extensions);
    }

    private byte[] Extend(List<byte> bytes, byte type, ReadOnlySpan<ExtensionType> extensions)
    {
        if (extensions.IsEmpty) return [.. bytes];
        while (bytes.Count < TokenAccount.Size) bytes.Add(0);
        bytes.Add(type);
        foreach (var extension in extensions)
        {
            var value = Value(extension);
            bytes.AddRange([(byte)extension, (byte)((int)extension >> 8), (byte)value.Length, (byte)(value.Length >> 8)]);
            bytes.AddRange(value);
        }

        // The program, too, keeps off the length of a multisig account.
        if (bytes.Count == TokenProgram.MultisigSize) bytes.AddRange([0, 0]);
        return [.. bytes];
    }

    private byte[] Value(ExtensionType extension)
    {
        var value = Bytes(ExtensionSizes.Of(extension) ?? _random.Next(100));
        switch (extension)
        {
            case ExtensionType.TransferFeeConfig:
                BinaryPrimitives.WriteUInt16LittleEndian(value.AsSpan(88), (ushort)_random.Next(10_001));
                BinaryPrimitives.WriteUInt16LittleEndian(value.AsSpan(106), (ushort)_random.Next(10_001));
                break;
            case ExtensionType.DefaultAccountState:
                value[0] = (byte)_random.Next(1, 3);
                break;
            case ExtensionType.MemoTransfer or ExtensionType.CpiGuard or ExtensionType.PausableConfig or ExtensionType.TransferHookAccount:
                value[^1] = (byte)_random.Next(2);
                break;
        }

        return value;
    }

    private void OptionalKey(List<byte> bytes) => Option(bytes, PublicKey.Size);

    private void Option(List<byte> bytes, int size)
    {
        var isPresent = _random.Next(2) == 0;
        bytes.AddRange([isPresent ? (byte)1 : (byte)0, 0, 0, 0]);
        bytes.AddRange(isPresent ? Bytes(size) : new byte[size]);
    }

    private void UInt64(List<byte> bytes) => bytes.AddRange(Bytes(8));

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.NextBytes(bytes);
        return bytes;
    }
}
