namespace Cluster.Gateway.Metrics;

/// <summary>Counts by bucket that many threads add to without their meeting in one cache line.</summary>
internal sealed class StripedHistogram
{
    /// <summary>Of the pair of cache lines that are fetched together, in words.</summary>
    private const int Line = 16;

    private readonly double[] _bounds;
    private readonly int _stride;

    /// <summary>For each stripe the counts of the buckets, that above the last bound included, and the bits of the sum.</summary>
    private readonly long[] _words;

    /// <summary>Makes an empty histogram.</summary>
    /// <param name="bounds">Upper bounds of the buckets, inclusive, growing.</param>
    public StripedHistogram(double[] bounds)
    {
        _bounds = bounds;
        _stride = (bounds.Length + 2 + Line - 1) / Line * Line;

        // A line in front keeps the array's header, which is read at each access, away from what is written.
        _words = new long[Line + (_stride * Stripes.Count)];
    }

    /// <summary>Adds a measurement, which must be a number.</summary>
    public void Add(double value)
    {
        var bucket = 0;
        while (bucket < _bounds.Length && value > _bounds[bucket])
        {
            bucket++;
        }

        var stripe = Line + (Stripes.Mine * _stride);
        Interlocked.Increment(ref _words[stripe + bucket]);
        Stripes.Add(ref _words[stripe + _bounds.Length + 1], value);
    }

    /// <summary>Reads the counts and the sum.</summary>
    /// <param name="counts">Takes the count of each bucket alone, that above the last bound included.</param>
    /// <returns>The sum of the measurements.</returns>
    public double Read(Span<long> counts)
    {
        counts.Clear();
        var sum = 0.0;
        for (var stripe = Line; stripe < _words.Length; stripe += _stride)
        {
            for (var bucket = 0; bucket <= _bounds.Length; bucket++)
            {
                counts[bucket] += Volatile.Read(ref _words[stripe + bucket]);
            }

            sum += BitConverter.Int64BitsToDouble(Volatile.Read(ref _words[stripe + _bounds.Length + 1]));
        }

        return sum;
    }
}
