using System.Text;

namespace Cluster.Gateway.Metrics;

/// <summary>Names of instruments and tags as Prometheus wants them.</summary>
/// <remarks>
/// https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/ for the rules,
/// https://prometheus.io/docs/concepts/data_model/ for what a name may hold.
/// </remarks>
internal static class MetricName
{
    private const string Total = "_total";

    /// <summary>The name of a metric: dots become underscores, the unit is appended, a counter ends with <c>_total</c>.</summary>
    /// <param name="name">The instrument's.</param>
    /// <param name="unit">In UCUM, for example <c>s</c>, <c>By</c>, <c>{call}</c>; null where there is none.</param>
    /// <param name="kind">The metric's.</param>
    public static string Of(string name, string? unit, MetricKind kind)
    {
        var text = Clean(name, allowColon: true);
        if (kind == MetricKind.Counter && text.EndsWith(Total, StringComparison.Ordinal))
        {
            text = text[..^Total.Length];
        }

        var suffix = UnitSuffix(unit, kind);
        if (suffix.Length > 0 && !text.EndsWith($"_{suffix}", StringComparison.Ordinal))
        {
            text = $"{text}_{suffix}";
        }

        return kind == MetricKind.Counter ? text + Total : text;
    }

    /// <summary>
    /// The name of a label. None begins with two underscores, which Prometheus keeps for itself: several become one.
    /// </summary>
    /// <param name="tag">The tag's key.</param>
    public static string OfLabel(string tag) => Clean(tag, allowColon: false);

    /// <summary>A unit as people read it: <c>seconds</c>, or <c>call</c> for what counts calls.</summary>
    /// <param name="unit">In UCUM, or null.</param>
    public static string UnitForPeople(string? unit) => unit switch
    {
        null or "1" => "",
        ['{', .. var counted, '}'] => counted,
        _ => Word(unit),
    };

    private static string UnitSuffix(string? unit, MetricKind kind)
    {
        // What stands in braces says what is counted; it is no unit.
        var annotation = unit?.IndexOf('{', StringComparison.Ordinal) ?? -1;
        var bare = annotation < 0 ? unit : unit![..annotation];
        if (string.IsNullOrEmpty(bare))
        {
            return "";
        }

        if (bare == "1")
        {
            return kind == MetricKind.Gauge ? "ratio" : "";
        }

        var slash = bare.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
        {
            return Word(bare);
        }

        var per = bare[(slash + 1)..];
        return $"{Word(bare[..slash])}_per_{PerWord(per)}".TrimStart('_');
    }

    private static string Word(string unit) => unit switch
    {
        "d" => "days",
        "h" => "hours",
        "min" => "minutes",
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "GiBy" => "gibibytes",
        "%" => "percent",
        "" => "",
        _ => Clean(unit, allowColon: false),
    };

    private static string PerWord(string unit) => unit switch
    {
        "s" => "second",
        "min" or "m" => "minute",
        "h" => "hour",
        "d" => "day",
        _ => Clean(unit, allowColon: false),
    };

    private static string Clean(string text, bool allowColon)
    {
        var clean = new StringBuilder(text.Length + 1);
        foreach (var c in text)
        {
            var good = char.IsAsciiLetterOrDigit(c) || (allowColon && c == ':') ? c : '_';
            if (clean.Length == 0 && char.IsAsciiDigit(good))
            {
                clean.Append('_');
            }

            if (good != '_' || clean.Length == 0 || clean[^1] != '_')
            {
                clean.Append(good);
            }
        }

        return clean.Length == 0 ? "_" : clean.ToString();
    }
}
