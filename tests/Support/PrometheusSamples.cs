using System.Globalization;
using System.Text;

namespace Cluster.Tests.Support;

/// <summary>A sample as a reader of Prometheus' text format understands it.</summary>
internal sealed record PrometheusSample(string Name, IReadOnlyDictionary<string, string> Labels, double Value);

/// <summary>Reads Prometheus' text format, strictly, independently of what writes it.</summary>
/// <remarks>https://prometheus.io/docs/instrumenting/exposition_formats/</remarks>
internal static class PrometheusSamples
{
    /// <summary>Every sample of a text; each must belong to a metric whose type and help were told before.</summary>
    public static IReadOnlyList<PrometheusSample> Read(string text)
    {
        var samples = new List<PrometheusSample>();
        var (help, type, kind) = ("", "", "");
        if (!text.EndsWith('\n'))
        {
            throw new FormatException("the text does not end with a line feed");
        }

        foreach (var line in text.Split('\n')[..^1])
        {
            if (line == "# EOF")
            {
                continue;
            }

            if (line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                help = line.Split(' ')[2];
            }
            else if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                (type, kind) = (line.Split(' ')[2], line.Split(' ')[3]);
            }
            else
            {
                var sample = ReadSample(line);
                var family = kind == "histogram" ? sample.Name[..sample.Name.LastIndexOf('_')] : sample.Name;
                if (help != type || (family != type && family != $"{type}_total"))
                {
                    throw new FormatException($"the sample {line} belongs to no metric: the last help is of {help}, the last type of {type}");
                }

                samples.Add(sample);
            }
        }

        return samples;
    }

    /// <summary>The value of the only series of this name with these labels among its own.</summary>
    public static double ValueOf(this IEnumerable<PrometheusSample> samples, string name, params (string Name, string Value)[] labels) =>
        samples.Single(sample => sample.Name == name && labels.All(label => sample.Labels.GetValueOrDefault(label.Name) == label.Value)).Value;

    private static PrometheusSample ReadSample(string line)
    {
        var brace = line.IndexOf('{', StringComparison.Ordinal);
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        var at = brace < 0 ? line.IndexOf(' ', StringComparison.Ordinal) : ReadLabels(line, brace + 1, labels);
        var value = line[(at + 1)..];
        return new(
            line[..(brace < 0 ? at : brace)],
            labels,
            value switch
            {
                "+Inf" => double.PositiveInfinity,
                "-Inf" => double.NegativeInfinity,
                _ => double.Parse(value, NumberStyles.Float, CultureInfo.InvariantCulture),
            });
    }

    private static int ReadLabels(string line, int at, Dictionary<string, string> labels)
    {
        while (line[at] != '}')
        {
            var equals = line.IndexOf('=', at);
            var name = line[at..equals];
            at = equals + 1;
            Demand(line, at++, '"');
            var value = new StringBuilder();
            for (; line[at] != '"'; at++)
            {
                value.Append(line[at] == '\\' ? Unescape(line[++at]) : line[at]);
            }

            labels.Add(name, value.ToString());
            at++;
            if (line[at] == ',')
            {
                at++;
            }
        }

        Demand(line, at + 1, ' ');
        return at + 1;
    }

    private static char Unescape(char c) => c switch
    {
        '\\' => '\\',
        '"' => '"',
        'n' => '\n',
        _ => throw new FormatException($"\\{c} is no escape"),
    };

    private static void Demand(string line, int at, char expected)
    {
        if (line[at] != expected)
        {
            throw new FormatException($"{expected} was expected at {at} of {line}");
        }
    }
}
