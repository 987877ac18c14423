using System.Text.RegularExpressions;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Gateway.Metrics;

/// <summary>docs/alerts.yml is taken by Prometheus, fires when it should, and asks for metrics that exist.</summary>
public sealed partial class AlertRulesTests
{
    private readonly string _rules = File.ReadAllText(RepositoryRoot.Combine("docs", "alerts.yml"));

    [Fact]
    public async Task Prometheus_takes_the_rules()
    {
        var (exitCode, output) = await Promtool.Run(RepositoryRoot.Combine("docs"), "", "check", "rules", "alerts.yml");

        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public async Task They_fire_when_they_should_and_not_before()
    {
        var (exitCode, output) = await Promtool.Run(
            RepositoryRoot.Combine("tests", "Gateway", "Metrics"), "", "test", "rules", "alerts.test.yml");

        Assert.True(exitCode == 0, output);
    }

    [Fact]
    public void They_ask_for_metrics_and_labels_that_the_page_names()
    {
        var rows = MetricsPage.Rows().ToDictionary(row => row.Name);
        var asked = Selector().Matches(_rules);

        Assert.NotEmpty(asked);
        foreach (Match selector in asked)
        {
            var row = Assert.Contains(selector.Groups["metric"].Value, rows);
            Assert.All(Label().Matches(selector.Groups["labels"].Value), label => Assert.Contains(label.Groups["name"].Value, row.Labels));
        }
    }

    [Fact]
    public void The_page_says_of_each_what_to_do()
    {
        var told = File.ReadLines(RepositoryRoot.Combine("docs", "metrics.md"))
            .Where(line => line.StartsWith("| `Cluster", StringComparison.Ordinal))
            .Select(line => line.Split('`')[1]);

        Assert.Equal(Alert().Matches(_rules).Select(alert => alert.Groups["name"].Value), told);
    }

    [GeneratedRegex(@"(?<metric>\b(cluster|db|dotnet|kestrel)_\w+)(\{(?<labels>[^}]*)\})?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Selector();

    [GeneratedRegex(@"(?<name>\w+)\s*(=~|!~|!=|=)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Label();

    [GeneratedRegex(@"alert: (?<name>\w+)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Alert();
}
