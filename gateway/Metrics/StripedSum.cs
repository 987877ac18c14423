using System.Numerics;
using System.Runtime.InteropServices;

namespace Cluster.Gateway.Metrics;

/// <summary>A sum that many threads add to without their meeting in one cache line. Nothing that was added is lost.</summary>
internal sealed class StripedSum
{
    private readonly Stripe[] _stripes = new Stripe[Stripes.Count];

    /// <summary>Adds a whole number.</summary>
    public void Add(long value) => Interlocked.Add(ref _stripes[Stripes.Mine].Whole, value);

    /// <summary>Adds a number.</summary>
    public void Add(double value) => Stripes.Add(ref _stripes[Stripes.Mine].Bits, value);

    /// <summary>What has been added so far; exact as long as only whole numbers were.</summary>
    public Number Read()
    {
        var whole = 0L;
        var real = 0.0;
        foreach (ref var stripe in _stripes.AsSpan())
        {
            whole += Volatile.Read(ref stripe.Whole);
            real += BitConverter.Int64BitsToDouble(Volatile.Read(ref stripe.Bits));
        }

        return real == 0 ? Number.Of(whole) : Number.Of(whole + real);
    }

    /// <summary>Alone in its cache line, and in the pair that is fetched together.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 128)]
    private struct Stripe
    {
        [FieldOffset(0)]
        public long Whole;

        [FieldOffset(8)]
        public long Bits;
    }
}

/// <summary>A stripe for each processor that may count at the same time.</summary>
internal static class Stripes
{
    /// <summary>More would cost memory for each series, and save little.</summary>
    private const int Most = 16;

    /// <summary>A power of two.</summary>
    public static readonly int Count = Math.Min(Most, (int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount));

    /// <summary>The stripe of the processor that asks.</summary>
    public static int Mine => Thread.GetCurrentProcessorId() & (Count - 1);

    /// <summary>Adds to a number that is kept as its bits.</summary>
    public static void Add(ref long bits, double value)
    {
        var seen = Volatile.Read(ref bits);
        while (true)
        {
            var sum = BitConverter.DoubleToInt64Bits(BitConverter.Int64BitsToDouble(seen) + value);
            var found = Interlocked.CompareExchange(ref bits, sum, seen);
            if (found == seen)
            {
                return;
            }

            seen = found;
        }
    }
}
