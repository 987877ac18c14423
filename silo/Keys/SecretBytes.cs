using System.Security.Cryptography;

namespace Cluster.Silo.Keys;

/// <summary>
/// Secret bytes in memory that the garbage collector neither moves nor copies, wiped when disposed.
/// </summary>
public sealed class SecretBytes : IDisposable
{
    private readonly byte[] _bytes;
    private bool _disposed;

    /// <summary>Zeros, to be filled.</summary>
    /// <param name="length">Bytes, 1 or more.</param>
    public SecretBytes(int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        _bytes = GC.AllocateArray<byte>(length, pinned: true);
    }

    /// <summary>How many bytes.</summary>
    public int Length => _bytes.Length;

    /// <summary>The bytes; not to be kept beyond this object's life.</summary>
    /// <exception cref="ObjectDisposedException">They were wiped.</exception>
    public Span<byte> Span
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _bytes;
        }
    }

    /// <summary>The bytes, for asynchronous code; not to be kept beyond this object's life.</summary>
    /// <exception cref="ObjectDisposedException">They were wiped.</exception>
    public Memory<byte> Memory
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _bytes;
        }
    }

    /// <summary>Fresh random bytes.</summary>
    /// <param name="length">Bytes, 1 or more.</param>
    public static SecretBytes Random(int length)
    {
        var secret = new SecretBytes(length);
        RandomNumberGenerator.Fill(secret._bytes);
        return secret;
    }

    /// <summary>Wipes the bytes.</summary>
    public void Dispose()
    {
        _disposed = true;
        CryptographicOperations.ZeroMemory(_bytes);
    }

    /// <summary>Tells nothing.</summary>
    public override string ToString() => "[redacted]";
}
