using Cluster.Solana;

namespace Cluster.Silo.Grains.Signers;

/// <summary>
/// Reads who must sign a serialized message, legacy or version 0, without decoding the rest: version byte (v0 only),
/// three counts, a compact count of keys, the keys, signers first.
/// </summary>
internal static class MessageSigners
{
    private const byte VersionFlag = 0x80;
    private const byte Version0 = 0x80;
    private const int HeaderSize = 3;

    /// <summary>Whether the bytes begin as a message does and this key is among its required signers.</summary>
    /// <param name="message">Not trusted.</param>
    /// <param name="key">The wallet's.</param>
    public static bool Include(ReadOnlySpan<byte> message, in PublicKey key)
    {
        if (message.Length is 0 or > Transaction.MaxSize)
        {
            return false;
        }

        if ((message[0] & VersionFlag) != 0)
        {
            if (message[0] != Version0)
            {
                return false;
            }

            message = message[1..];
        }

        if (message.Length <= HeaderSize)
        {
            return false;
        }

        int signers = message[0];

        // 1,232 bytes hold 38 keys: a count of two bytes cannot be true.
        int keys = message[HeaderSize];
        var list = message[(HeaderSize + 1)..];
        if (keys >= VersionFlag || signers == 0 || signers > keys || list.Length < keys * PublicKey.Size)
        {
            return false;
        }

        for (var i = 0; i < signers; i++)
        {
            if (list.Slice(i * PublicKey.Size, PublicKey.Size).SequenceEqual(key.AsSpan()))
            {
                return true;
            }
        }

        return false;
    }
}
