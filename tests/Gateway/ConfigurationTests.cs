using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Cluster.Gateway.Configuration;
using Cluster.Tests.Support;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Cluster.Tests.Gateway;

public sealed partial class ConfigurationTests
{
    [Fact]
    public void The_defaults_are_good()
    {
        Read([], out var errors);

        Assert.Empty(errors);
    }

    [Fact]
    public void Options_are_read_by_name_whatever_the_case()
    {
        var options = Read(
            [("Cluster:Grpc:port", "5001"), ("cluster:STATEDIRECTORY", "/var/lib/cluster"), ("Cluster:Solana:Endpoints:0:Url", "http://127.0.0.1:8899"), ("Cluster:Storage:CommandTimeout", "00:00:07")],
            out var errors);

        Assert.Empty(errors);
        Assert.Equal(5001, options.Grpc.Port);
        Assert.Equal("/var/lib/cluster", options.StateDirectory);
        Assert.Equal(new Uri("http://127.0.0.1:8899"), Assert.Single(options.Solana.Endpoints).Url);
        Assert.Equal(TimeSpan.FromSeconds(7), options.Storage.CommandTimeout);
    }

    [Theory]
    [InlineData("Cluster:Storage:CommandTimeout", "7", "it must be a time like 00:00:30")]
    [InlineData("Cluster:Grpc:Port", "65536", "it must be from 0 to 65535")]
    [InlineData("Cluster:Grpc:Port", "99999999999", "it must be a whole number in range")]
    [InlineData("Cluster:Grpc:Address", "localhost", "it must be an IP address")]
    [InlineData("Cluster:Grpc:Port:Number", "1", "is not an option")]
    [InlineData("Cluster:StateDirectory", "", "is missing")]
    [InlineData("Cluster:Tls:CertificateFile", "/nonexistent.pem", "it must name a file that exists")]
    [InlineData("Cluster:Solana:Network", "moonnet", "it must be one of Localnet, Devnet, Testnet, MainnetBeta")]
    public void What_cannot_be_used_is_refused_with_the_option_and_the_reason(string option, string value, string reason)
    {
        Read([(option, value)], out var errors);

        Assert.Contains(errors, error => error.StartsWith(option, StringComparison.Ordinal) && error.Contains(reason, StringComparison.Ordinal));
    }

    [Fact]
    public void Secrets_are_not_repeated()
    {
        Read([("Cluster:Solana:Endpoints:0:Url", "http://["), ("Cluster:Database:Password", "hunter2")], out var errors);

        Assert.NotEmpty(errors);
        Assert.DoesNotContain(errors, error => error.Contains("http://[", StringComparison.Ordinal) || error.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public void Every_option_stands_in_the_documentation_with_its_environment_name_default_and_range()
    {
        var page = File.ReadAllLines(RepositoryRoot.Combine("docs", "configuration.md"));
        var documented = page
            .Select(line => Row().Match(line))
            .Where(row => row.Success)
            .ToDictionary(row => row.Groups["option"].Value, row => row);

        var expected = Options("Cluster", new ClusterOptions()).ToList();

        Assert.Multiple([.. expected.Select<(string Path, PropertyInfo Option, object Owner), Action>(option => () =>
        {
            var range = option.Option.GetCustomAttribute<RangeAttribute>();
            var wanted = $"| `{option.Path}` | `{OptionProperties.EnvironmentNameOf(option.Path)}` | {Default(option.Option, option.Owner)} | {(range is null ? "…" : $"{Text(range.Minimum)} to {Text(range.Maximum)}")} | … |";
            Assert.True(documented.TryGetValue(option.Path, out var row), $"docs/configuration.md lacks the row {wanted}");
            Assert.Equal(OptionProperties.EnvironmentNameOf(option.Path), row.Groups["environment"].Value);
            Assert.Equal(Default(option.Option, option.Owner), row.Groups["default"].Value);
            Assert.NotEmpty(row.Groups["range"].Value);
            Assert.NotEmpty(row.Groups["meaning"].Value);
            if (range is not null)
            {
                Assert.Equal($"{Text(range.Minimum)} to {Text(range.Maximum)}", row.Groups["range"].Value);
            }
        })]);
        Assert.Empty(documented.Keys.Where(path => path.StartsWith("Cluster:", StringComparison.Ordinal)).Except(expected.Select(option => option.Path)));
    }

    private static ClusterOptions Read((string Name, string Value)[] values, out IReadOnlyList<string> errors) => ClusterConfiguration.Read(
        new ConfigurationBuilder().AddInMemoryCollection(values.Select(value => KeyValuePair.Create(value.Name, (string?)value.Value))).Build(),
        out errors);

    private static IEnumerable<(string Path, PropertyInfo Option, object Owner)> Options(string path, object owner)
    {
        foreach (var option in OptionProperties.Of(owner.GetType()))
        {
            var below = OptionProperties.IsSection(option) ? Options($"{path}:{option.Name}", option.GetValue(owner)!)
                : OptionProperties.ItemOf(option) is { } item ? Options($"{path}:{option.Name}:0", Activator.CreateInstance(item)!)
                : [($"{path}:{option.Name}", option, owner)];
            foreach (var each in below)
            {
                yield return each;
            }
        }
    }

    private static string Default(PropertyInfo option, object owner) =>
        option.GetValue(owner) is { } value && Text(value) is { Length: > 0 } text ? $"`{text}`" : "none";

    private static string Text(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        string[] many => string.Join(',', many),
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };

    [GeneratedRegex(@"^\| `(?<option>[\w:]+)` \| `(?<environment>\w+)` \| (?<default>`[^`]+`|none) \| (?<range>[^|]+) \| (?<meaning>[^|]+) \|$", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Row();
}
