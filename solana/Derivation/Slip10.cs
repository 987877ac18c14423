using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Cluster.Solana;

/// <summary>
/// Derives Ed25519 keys from a seed, hardened children only. Source:
/// https://github.com/satoshilabs/slips/blob/master/slip-0010.md
/// </summary>
public static class Slip10
{
    /// <summary>Path elements at most.</summary>
    public const int MaxDepth = 16;

    /// <summary>Every index stands below this; all are hardened.</summary>
    public const uint Hardened = 0x8000_0000;

    private const int NodeSize = 64;
    private const int KeySize = 32;

    private static ReadOnlySpan<byte> Curve => "ed25519 seed"u8;

    /// <summary>Derives the key at a path below a seed's master key.</summary>
    /// <param name="seed">16 to 64 bytes; stays the caller's.</param>
    /// <param name="path">Indexes below 2³¹, each hardened; empty for the master key itself.</param>
    /// <exception cref="ArgumentException">The seed's length, the path's depth or an index is out of range.</exception>
    public static SigningKey Derive(ReadOnlySpan<byte> seed, ReadOnlySpan<uint> path)
    {
        if (seed.Length is < 16 or > 64) throw new ArgumentException($"a seed has 16 to 64 bytes, not {seed.Length}", nameof(seed));
        if (path.Length > MaxDepth) throw new ArgumentException($"a path has at most {MaxDepth} elements, not {path.Length}", nameof(path));

        // The left half of a node is the key, the right half the chain code.
        Span<byte> node = stackalloc byte[NodeSize];
        Span<byte> data = stackalloc byte[1 + KeySize + sizeof(uint)];
        try
        {
            HMACSHA512.HashData(Curve, seed, node);
            foreach (var index in path)
            {
                if (index >= Hardened) throw new ArgumentException($"index {index} is not below 2^31", nameof(path));

                data[0] = 0;
                node[..KeySize].CopyTo(data[1..]);
                BinaryPrimitives.WriteUInt32BigEndian(data[(1 + KeySize)..], index | Hardened);
                HMACSHA512.HashData(node[KeySize..], data, node);
            }

            return SigningKey.FromSeed(node[..KeySize]);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(node);
            CryptographicOperations.ZeroMemory(data);
        }
    }

    /// <summary>The path in the usual writing, for example <c>m/7'/0'</c>.</summary>
    /// <param name="path">Indexes below 2³¹.</param>
    public static string Format(IEnumerable<uint> path) => "m" + string.Concat(path.Select(index => $"/{index}'"));
}
