using System.Globalization;

namespace Cluster.Cli.Audit;

/// <summary>Reads moments as people write them.</summary>
internal static class AuditTime
{
    /// <summary>Reads a day, a time (UTC where it does not say), or a span back from now such as <c>2h</c>.</summary>
    /// <param name="text">From the command line.</param>
    /// <param name="now">Now.</param>
    /// <param name="moment">What it means.</param>
    public static bool TryParse(string text, DateTimeOffset now, out DateTimeOffset moment)
    {
        if (text.Length > 1 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && UnitOf(text[^1]) is { } unit)
        {
            var back = unit * count;
            moment = back <= now - DateTimeOffset.UnixEpoch ? now - back : DateTimeOffset.UnixEpoch;
            return true;
        }

        return DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out moment);
    }

    private static TimeSpan? UnitOf(char letter) => letter switch
    {
        's' => TimeSpan.FromSeconds(1),
        'm' => TimeSpan.FromMinutes(1),
        'h' => TimeSpan.FromHours(1),
        'd' => TimeSpan.FromDays(1),
        _ => null,
    };
}
