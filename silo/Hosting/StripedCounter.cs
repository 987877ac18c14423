using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Cluster.Silo.Hosting;

/// <summary>Counts from many threads without their meeting in one cache line.</summary>
internal sealed class StripedCounter
{
    private static readonly int Mask = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount) - 1;

    private readonly Stripe[] _stripes = new Stripe[Mask + 1];

    public long Sum
    {
        get
        {
            var sum = 0L;
            foreach (ref var stripe in _stripes.AsSpan())
            {
                sum += Volatile.Read(ref stripe.Value);
            }

            return sum;
        }
    }

    /// <summary>Counts one.</summary>
    /// <returns>The count of this stripe.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Increment() => Interlocked.Increment(ref _stripes[Thread.GetCurrentProcessorId() & Mask].Value);

    /// <summary>Alone in its cache line, and in the pair that is fetched together.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Stripe
    {
        [FieldOffset(0)]
        public long Value;
    }
}
