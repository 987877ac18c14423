using System.Buffers;

namespace Cluster.Grpc.Wire;

/// <summary>A growing byte buffer on pooled arrays; what it held may be secret, so arrays go back cleared.</summary>
internal sealed class PooledBuffer(int capacity) : IBufferWriter<byte>, IDisposable
{
    private byte[] _array = ArrayPool<byte>.Shared.Rent(capacity);
    private int _written;

    public ReadOnlyMemory<byte> WrittenMemory => _array.AsMemory(0, _written);

    public int WrittenCount => _written;

    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)count, (uint)(_array.Length - _written), nameof(count));
        _written += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        EnsureFree(Math.Max(sizeHint, 1));
        return _array.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        Return(_array, _written);
        _array = [];
        _written = 0;
    }

    private void EnsureFree(int count)
    {
        if (_array.Length - _written >= count)
        {
            return;
        }

        var larger = ArrayPool<byte>.Shared.Rent(checked(Math.Max(_array.Length * 2, _written + count)));
        _array.AsSpan(0, _written).CopyTo(larger);
        Return(_array, _written);
        _array = larger;
    }

    private static void Return(byte[] array, int used)
    {
        if (array.Length > 0)
        {
            array.AsSpan(0, used).Clear();
            ArrayPool<byte>.Shared.Return(array);
        }
    }
}
