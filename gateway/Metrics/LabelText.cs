using System.Globalization;
using System.Text;

namespace Cluster.Gateway.Metrics;

/// <summary>The labels of a series as Prometheus reads them: <c>a="1",b="2"</c>, sorted by name.</summary>
internal static class LabelText
{
    /// <summary>Longer values are cut: a label names something, it is no place for texts.</summary>
    private const int MaxValueLength = 256;

    /// <summary>Writes the labels of some tags. Tags without a value are left out; those whose names fall together share one label.</summary>
    /// <param name="common">Tags that the instrument and its meter give to every measurement.</param>
    /// <param name="tags">The measurement's.</param>
    public static string Of(IEnumerable<KeyValuePair<string, object?>> common, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var tag in common)
        {
            Add(labels, tag);
        }

        foreach (var tag in tags)
        {
            Add(labels, tag);
        }

        var text = new StringBuilder();
        foreach (var (name, value) in labels)
        {
            if (text.Length > 0)
            {
                text.Append(',');
            }

            text.Append(name).Append("=\"");
            AppendEscaped(text, value, quotes: true);
            text.Append('"');
        }

        return text.ToString();
    }

    /// <summary>Escapes a text as label values and help texts are.</summary>
    /// <param name="text">Written to.</param>
    /// <param name="value">Any text.</param>
    /// <param name="quotes">Whether quotation marks are escaped too.</param>
    public static void AppendEscaped(StringBuilder text, string value, bool quotes)
    {
        foreach (var c in value)
        {
            _ = c switch
            {
                '\\' => text.Append(@"\\"),
                '\n' => text.Append(@"\n"),
                '"' when quotes => text.Append("\\\""),
                _ => text.Append(c),
            };
        }
    }

    private static void Add(SortedDictionary<string, string> labels, KeyValuePair<string, object?> tag)
    {
        var value = ValueOf(tag.Value);
        if (value.Length == 0)
        {
            return;
        }

        var name = MetricName.OfLabel(tag.Key);
        labels[name] = labels.TryGetValue(name, out var other) ? $"{other};{value}" : value;
    }

    private static string ValueOf(object? value)
    {
        var text = value switch
        {
            null => "",
            string already => already,
            bool truth => truth ? "true" : "false",
            IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
            _ => value.ToString() ?? "",
        };
        return text.Length <= MaxValueLength ? text : text[..MaxValueLength];
    }
}
