using System.Reflection;
using System.Text.RegularExpressions;
using Cluster.Gateway.Configuration;
using Cluster.Silo.Hosting;
using Cluster.Solana;
using Cluster.Tests.Support;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Cluster.Tests.Gateway;

/// <summary>docs/operations.md against the code: operators look for what it names when something burns.</summary>
public sealed partial class OperationsPageTests
{
    private static readonly string Page = File.ReadAllText(RepositoryRoot.Combine("docs", "operations.md"));

    private static readonly Assembly[] Ours = [typeof(ClusterOptions).Assembly, typeof(Grain).Assembly, typeof(SolanaOptions).Assembly];

    private static readonly Lazy<(IReadOnlyList<string> Types, IReadOnlyList<(int EventId, LogLevel Level, string Message)> Messages)> OrleansHost = new(ReadOrleansHost);

    public static TheoryData<string, int, LogLevel, string> LogLines =>
    [
        .. LogRow().Matches(Page).Select(row => (
            row.Groups["source"].Value,
            int.Parse(row.Groups["event"].Value),
            Enum.Parse<LogLevel>(row.Groups["level"].Value),
            row.Groups["says"].Value)),
    ];

    [Fact]
    public void It_names_log_lines() => Assert.True(LogLines.Count > 10);

    [Theory]
    [MemberData(nameof(LogLines))]
    public void A_log_line_exists_with_its_event_level_and_words(string source, int eventId, LogLevel level, string says)
    {
        // The Orleans host is built only where its packages restore: its source stands in for it.
        var types = Ours.SelectMany(assembly => assembly.GetTypes()).Select(type => type.Name).Concat(OrleansHost.Value.Types);
        var messages = Ours
            .SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>())
            .OfType<LoggerMessageAttribute>()
            .Select(message => (message.EventId, message.Level, message.Message))
            .Concat(OrleansHost.Value.Messages)
            .Where(message => message.EventId == eventId && message.Level == level)
            .Select(message => message.Message);
        Assert.Contains(source, types);
        var pattern = string.Join(".*", says.Split('…', StringSplitOptions.TrimEntries).Select(Regex.Escape));
        Assert.Contains(messages, message => Regex.IsMatch(message, pattern, RegexOptions.None, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Every_option_that_it_names_is_one()
    {
        var documented = File.ReadAllText(RepositoryRoot.Combine("docs", "configuration.md"));

        // Those of the Orleans host are documented with it.
        Assert.All(
            Option().Matches(Page).Select(match => match.Value.Replace("__", ":", StringComparison.Ordinal)).Where(option => !option.StartsWith("Cluster:Orleans:", StringComparison.Ordinal)).Distinct(),
            option => Assert.Matches($@"`{Regex.Escape(option)}[`:]", documented));
    }

    [Fact]
    public void Every_metric_that_it_names_is_one()
    {
        var documented = File.ReadAllText(RepositoryRoot.Combine("docs", "metrics.md"));

        Assert.All(Metric().Matches(Page).Select(match => match.Groups["name"].Value).Distinct(), metric =>
            Assert.Contains($"| `{metric}` |", documented, StringComparison.Ordinal));
    }

    [Fact]
    public void Its_links_lead_somewhere()
    {
        var headings = Heading().Matches(Page).Select(match => Anchor(match.Groups["text"].Value)).ToHashSet();

        Assert.All(Link().Matches(Page).Select(match => match.Groups["target"].Value), target => Assert.True(
            target.StartsWith('#') ? headings.Contains(target[1..]) : File.Exists(RepositoryRoot.Combine("docs", target.Split('#')[0])),
            $"{target} leads nowhere"));
    }

    private static (IReadOnlyList<string> Types, IReadOnlyList<(int EventId, LogLevel Level, string Message)> Messages) ReadOrleansHost()
    {
        var folder = new DirectoryInfo(RepositoryRoot.Combine("orleans"));
        var sources = folder.EnumerateDirectories()
            .Where(part => part.Name is not ("bin" or "obj"))
            .SelectMany(part => part.EnumerateFiles("*.cs", SearchOption.AllDirectories))
            .Select(file => File.ReadAllText(file.FullName))
            .ToList();
        return (
            [.. sources.SelectMany(source => TypeName().Matches(source)).Select(match => match.Groups["name"].Value)],
            [
                .. sources.SelectMany(source => LogMessage().Matches(source)).Select(match => (
                    int.Parse(match.Groups["event"].Value),
                    Enum.Parse<LogLevel>(match.Groups["level"].Value),
                    match.Groups["message"].Value)),
            ]);
    }

    private static string Anchor(string heading) =>
        NotInAnchor().Replace(heading.ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"^\| `(?<source>\w+)\[(?<event>\d+)\]` \| (?<level>\w+) \| (?<says>[^|]+?) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex LogRow();

    [GeneratedRegex(@"\bCluster(:|__)\w+((:|__)\w+)+", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Option();

    [GeneratedRegex(@"`(?<name>cluster_\w+)`", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Metric();

    [GeneratedRegex(@"\b(class|record|struct) (?<name>\w+)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex TypeName();

    [GeneratedRegex(@"LoggerMessage\((?<event>\d+), LogLevel\.(?<level>\w+), ""(?<message>[^""]+)""\)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex LogMessage();

    [GeneratedRegex(@"^#+ (?<text>.+)$", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Link();

    [GeneratedRegex(@"[^\w\- ]", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex NotInAnchor();
}
