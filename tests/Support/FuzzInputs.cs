using System.Globalization;

namespace Cluster.Tests.Support;

/// <summary>How many damaged inputs each fuzz test reads: a hundred thousand, or what FUZZ_INPUTS says.</summary>
internal static class FuzzInputs
{
    /// <summary>The trait by which all fuzz tests can be run alone.</summary>
    public const string Category = "Fuzz";

    private const int Default = 100_000;

    public static int Count { get; } =
        Environment.GetEnvironmentVariable("FUZZ_INPUTS") is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : Default;
}
