using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Cluster.Tests.Support.KeyVault;

/// <summary>AES Key Wrap, RFC 3394, as a managed HSM does under A256KW.</summary>
internal static class AesKeyWrap
{
    private const int Block = 8;
    private const int Rounds = 6;
    private const ulong InitialValue = 0xA6A6A6A6A6A6A6A6;

    public static byte[] Wrap(Aes key, ReadOnlySpan<byte> plain)
    {
        var blocks = plain.Length / Block;
        var wrapped = new byte[plain.Length + Block];
        BinaryPrimitives.WriteUInt64BigEndian(wrapped, InitialValue);
        plain.CopyTo(wrapped.AsSpan(Block));
        var buffer = new byte[2 * Block];
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 1; i <= blocks; i++)
            {
                wrapped.AsSpan(0, Block).CopyTo(buffer);
                wrapped.AsSpan(i * Block, Block).CopyTo(buffer.AsSpan(Block));
                key.EncryptEcb(buffer, buffer, PaddingMode.None);
                var step = (ulong)((blocks * round) + i);
                BinaryPrimitives.WriteUInt64BigEndian(wrapped, BinaryPrimitives.ReadUInt64BigEndian(buffer) ^ step);
                buffer.AsSpan(Block).CopyTo(wrapped.AsSpan(i * Block));
            }
        }

        return wrapped;
    }

    /// <summary>Null where the integrity check fails.</summary>
    public static byte[]? Unwrap(Aes key, ReadOnlySpan<byte> wrapped)
    {
        if (wrapped.Length < 3 * Block || wrapped.Length % Block != 0)
        {
            return null;
        }

        var blocks = (wrapped.Length / Block) - 1;
        var plain = wrapped.ToArray();
        var buffer = new byte[2 * Block];
        for (var round = Rounds - 1; round >= 0; round--)
        {
            for (var i = blocks; i >= 1; i--)
            {
                var step = (ulong)((blocks * round) + i);
                BinaryPrimitives.WriteUInt64BigEndian(buffer, BinaryPrimitives.ReadUInt64BigEndian(plain) ^ step);
                plain.AsSpan(i * Block, Block).CopyTo(buffer.AsSpan(Block));
                key.DecryptEcb(buffer, buffer, PaddingMode.None);
                buffer.AsSpan(0, Block).CopyTo(plain);
                buffer.AsSpan(Block).CopyTo(plain.AsSpan(i * Block));
            }
        }

        return BinaryPrimitives.ReadUInt64BigEndian(plain) == InitialValue ? plain[Block..] : null;
    }
}
