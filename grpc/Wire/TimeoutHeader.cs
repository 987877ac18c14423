using System.Globalization;

namespace Cluster.Grpc.Wire;

/// <summary>The value of <c>grpc-timeout</c>: at most eight digits and a unit.</summary>
internal static class TimeoutHeader
{
    private const int MaxDigits = 8;
    private const long MaxValue = 99_999_999;

    /// <summary>The largest value that the header can say: 99,999,999 hours.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromTicks(MaxValue * TimeSpan.TicksPerHour);

    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan timeout)
    {
        timeout = default;
        if (text.Length is < 2 or > MaxDigits + 1
            || !long.TryParse(text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var value))
        {
            return false;
        }

        long? ticks = text[^1] switch
        {
            'H' => value * TimeSpan.TicksPerHour,
            'M' => value * TimeSpan.TicksPerMinute,
            'S' => value * TimeSpan.TicksPerSecond,
            'm' => value * TimeSpan.TicksPerMillisecond,
            'u' => value * TimeSpan.TicksPerMicrosecond,

            // A tick is 100 ns; rounded up, so that a positive timeout never becomes "already over".
            'n' => (value + TimeSpan.NanosecondsPerTick - 1) / TimeSpan.NanosecondsPerTick,
            _ => null,
        };

        timeout = TimeSpan.FromTicks(ticks ?? 0);
        return ticks is not null;
    }

    /// <summary>The finest unit in which the timeout fits eight digits, rounded up; what has passed already is sent as 1 n.</summary>
    public static string Format(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero)
        {
            return "1n";
        }

        if (timeout.Ticks <= MaxValue / TimeSpan.NanosecondsPerTick)
        {
            return $"{timeout.Ticks * TimeSpan.NanosecondsPerTick}n";
        }

        return In(TimeSpan.TicksPerMicrosecond, 'u')
            ?? In(TimeSpan.TicksPerMillisecond, 'm')
            ?? In(TimeSpan.TicksPerSecond, 'S')
            ?? In(TimeSpan.TicksPerMinute, 'M')
            ?? In(TimeSpan.TicksPerHour, 'H')
            ?? $"{MaxValue}H";

        string? In(long ticksPerUnit, char unit)
        {
            var value = (timeout.Ticks / ticksPerUnit) + (timeout.Ticks % ticksPerUnit == 0 ? 0 : 1);
            return value <= MaxValue ? $"{value}{unit}" : null;
        }
    }
}
