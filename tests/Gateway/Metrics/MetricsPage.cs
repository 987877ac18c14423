using Cluster.Tests.Support;

namespace Cluster.Tests.Gateway.Metrics;

/// <summary>A row of docs/metrics.md.</summary>
internal sealed record MetricRow(string Name, string Type, string Unit, IReadOnlyList<string> Labels, string Meaning);

/// <summary>Reads docs/metrics.md.</summary>
internal static class MetricsPage
{
    public static IReadOnlyList<MetricRow> Rows() =>
    [
        .. from line in File.ReadLines(RepositoryRoot.Combine("docs", "metrics.md"))
           where line.StartsWith("| `", StringComparison.Ordinal)
           let cells = line.Split('|', StringSplitOptions.TrimEntries)
           where cells.Length == 7
           select new MetricRow(
               cells[1].Trim('`'),
               cells[2],
               cells[3],
               [.. cells[4].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(label => label.Trim('`'))],
               cells[5]),
    ];
}
