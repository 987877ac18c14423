using System.Reflection;
using System.Text.RegularExpressions;

namespace Cluster.Gateway.Http.OpenApi;

/// <summary>
/// The comments that stand above services, rpcs, messages, fields and enum values in the proto files that an assembly
/// embeds. They are the API's documentation, and C# descriptors lack them.
/// </summary>
internal sealed partial class ProtoComments
{
    private readonly Dictionary<string, string> _byFullName = new(StringComparer.Ordinal);

    /// <summary>Reads every embedded <c>.proto</c> file.</summary>
    public static ProtoComments EmbeddedIn(Assembly assembly)
    {
        var comments = new ProtoComments();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.EndsWith(".proto", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            comments.Read(reader.ReadToEnd());
        }

        return comments;
    }

    /// <summary>The comment of what has this full name, its lines joined; empty where it has none.</summary>
    public string Of(string fullName) => _byFullName.GetValueOrDefault(fullName, "");

    /// <summary>Reads the text of a proto file as this project formats them: a declaration a line, comments above.</summary>
    internal void Read(string proto)
    {
        var scopes = new List<string>();
        var lines = new List<string>();
        foreach (var line in proto.Split('\n').Select(line => line.Trim()))
        {
            if (line.StartsWith("//", StringComparison.Ordinal))
            {
                lines.Add(line[2..].Trim());
                continue;
            }

            if (Package().Match(line) is { Success: true } package)
            {
                scopes.Add(package.Groups["name"].Value);
            }
            else if (Declaration().Match(line) is { Success: true } declaration)
            {
                var name = declaration.Groups["name"].Value;
                var fullName = string.Join('.', scopes.Where(scope => scope.Length > 0).Append(name));
                if (lines.Count > 0)
                {
                    _byFullName.TryAdd(fullName, Join(lines));
                }

                if (line.EndsWith('{'))
                {
                    // The fields of a oneof belong to the message around it.
                    scopes.Add(declaration.Groups["oneof"].Success ? "" : name);
                }
            }
            else if (line.EndsWith('{'))
            {
                scopes.Add("");
            }

            if (line.StartsWith('}'))
            {
                scopes.RemoveAt(scopes.Count - 1);
            }

            lines.Clear();
        }
    }

    /// <summary>Lines of a paragraph become one; an empty line stays between paragraphs.</summary>
    private static string Join(IEnumerable<string> lines) =>
        string.Join("\n\n", string.Join('\n', lines).Split("\n\n").Select(paragraph => paragraph.Replace('\n', ' ')));

    [GeneratedRegex(@"^package (?<name>[\w.]+);", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Package();

    [GeneratedRegex(
        @"^(((?<oneof>oneof)|service|message|enum|rpc) (?<name>\w+)|(repeated |optional )?[\w.<>, ]*?\b(?<name>\w+) = \d+(;| \[))",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Declaration();
}
