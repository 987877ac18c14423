using System.CommandLine;

namespace Cluster.Cli.Connection;

/// <summary>The id of a request, under which it may be made again without being done again.</summary>
internal static class Requests
{
    /// <summary><c>--request-id</c></summary>
    public static Option<string?> Id { get; } = new("--request-id")
    {
        Description = "Repeat a request under the id that it had; a new one is made where it is not given.",
    };

    /// <summary>The id given, or a new one.</summary>
    /// <param name="parsed">The command line.</param>
    public static string IdOf(ParseResult parsed) => parsed.GetValue(Id) ?? Guid.CreateVersion7().ToString();
}
