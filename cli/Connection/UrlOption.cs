using System.CommandLine.Parsing;
using System.Diagnostics.CodeAnalysis;

namespace Cluster.Cli.Connection;

/// <summary>Options that hold an <c>http</c> or <c>https</c> address.</summary>
internal static class UrlOption
{
    /// <summary>Reads the option's value; a wrong one is an error of the command line.</summary>
    /// <param name="result">The option on the command line.</param>
    public static Uri? Parser(ArgumentResult result)
    {
        if (TryParse(result.Tokens[0].Value, out var url))
        {
            return url;
        }

        result.AddError(Wrong("the address", result.Tokens[0].Value));
        return null;
    }

    /// <summary>Like <see cref="Parser"/>, for addresses with commas between them.</summary>
    /// <param name="result">The option on the command line.</param>
    public static IReadOnlyList<Uri>? ListParser(ArgumentResult result)
    {
        var urls = Split(result.Tokens[0].Value, out var wrong);
        if (wrong is not null)
        {
            result.AddError(Wrong("the address", wrong));
        }

        return urls;
    }

    /// <summary>Reads addresses with commas between them from elsewhere.</summary>
    /// <param name="name">Where they stood.</param>
    /// <param name="value">The addresses.</param>
    /// <exception cref="CommandException">One of them is no address.</exception>
    public static IReadOnlyList<Uri> ParseList(string name, string value)
    {
        var urls = Split(value, out var wrong);
        return wrong is null ? urls : throw new CommandException(Wrong(name, wrong), ExitCode.Usage);
    }

    /// <summary>The addresses, each once, up to the first that is none.</summary>
    private static List<Uri> Split(string value, out string? wrong)
    {
        var urls = new List<Uri>();
        foreach (var text in value.Split(',', StringSplitOptions.TrimEntries))
        {
            if (!TryParse(text, out var url))
            {
                wrong = text;
                return urls;
            }

            if (!urls.Contains(url))
            {
                urls.Add(url);
            }
        }

        wrong = null;
        return urls;
    }

    private static bool TryParse(string value, [NotNullWhen(true)] out Uri? url) =>
        Uri.TryCreate(value, UriKind.Absolute, out url) && url.Scheme is "http" or "https";

    private static string Wrong(string name, string value) =>
        $"{name} '{value}' is no URL; http://127.0.0.1:5000 would be one";
}
