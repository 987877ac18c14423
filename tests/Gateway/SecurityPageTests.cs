using System.Text.RegularExpressions;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Gateway;

/// <summary>docs/security.md against the tests: what it claims, a test shows.</summary>
public sealed partial class SecurityPageTests
{
    private static readonly string Page = File.ReadAllText(RepositoryRoot.Combine("docs", "security.md"));

    [Fact]
    public void Every_test_that_it_names_exists()
    {
        var classes = typeof(SecurityPageTests).Assembly.GetTypes().Where(type => type.Name.EndsWith("Tests", StringComparison.Ordinal)).ToLookup(type => type.Name);
        var named = TestName().Matches(Page);

        Assert.True(named.Count > 40);
        Assert.All(named, name =>
        {
            var candidates = classes[name.Groups["class"].Value].ToList();
            Assert.True(candidates.Count > 0, $"{name.Value}: there is no such class of tests");
            if (name.Groups["test"].Value is { Length: > 0 } test)
            {
                Assert.True(
                    candidates.Any(type => type.GetMethod(test) is { } method && method.GetCustomAttributes(typeof(FactAttribute), inherit: true).Length > 0),
                    $"{name.Value}: there is no such test");
            }
        });
    }

    [Fact]
    public void Each_attacker_s_section_names_tests()
    {
        var sections = Page[Page.IndexOf("## Who attacks", StringComparison.Ordinal)..Page.IndexOf("## What each part holds", StringComparison.Ordinal)]
            .Split("\n### ")[1..];

        Assert.True(sections.Length >= 6);
        Assert.All(
            sections.Where(section => !section.StartsWith("Not defended", StringComparison.Ordinal)),
            section => Assert.Matches(TestName(), section));
    }

    [GeneratedRegex(@"`(?<class>[A-Z]\w*Tests)(\.(?<test>\w+))?`", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex TestName();
}
