namespace Cluster.Silo.Grains.Campaigns;

/// <summary>How a campaign's recipients are divided among lanes.</summary>
/// <remarks>
/// An account can be written for 24 of a block's 60 million compute units (40 of 100 where SIMD-0286 is active), so one
/// lane fills at most two fifths of a block: the third lane meets the block's own limit, and a fourth would only cost
/// transfers and rent. One lane makes and pays 100,000 token accounts in about a minute, so below that one is enough.
/// </remarks>
internal static class LaneSplit
{
    /// <summary>The most lanes that a client can ask for.</summary>
    public const int MaxLanes = 64;

    private const long RecipientsPerLane = 100_000;
    private const int LanesThatFillABlock = 3;

    /// <summary>How many lanes a campaign gets: those asked for, but never one without a recipient.</summary>
    /// <param name="asked">0 leaves it to the number of recipients.</param>
    /// <param name="recipients">At least 1.</param>
    public static int Count(int asked, long recipients)
    {
        var lanes = asked > 0 ? asked : Math.Clamp((recipients + RecipientsPerLane - 1) / RecipientsPerLane, 1, LanesThatFillABlock);
        return (int)Math.Min(lanes, recipients);
    }

    /// <summary>The sequences of each lane, both inclusive: contiguous, in order, their sizes differing by one at most.</summary>
    /// <param name="recipients">Sequences 1 to this.</param>
    /// <param name="lanes">At most one a recipient.</param>
    public static IEnumerable<(long First, long Last)> Ranges(long recipients, int lanes)
    {
        var (size, larger) = Math.DivRem(recipients, lanes);
        var first = 1L;
        for (var lane = 0; lane < lanes; lane++)
        {
            var last = first + size - 1 + (lane < larger ? 1 : 0);
            yield return (first, last);
            first = last + 1;
        }
    }
}
