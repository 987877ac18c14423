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

    /// <summary>Reads a value from elsewhere.</summary>
    /// <param name="name">Where it stood.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="CommandException">It is no address.</exception>
    public static Uri Parse(string name, string value) =>
        TryParse(value, out var url) ? url : throw new CommandException(Wrong(name, value), ExitCode.Usage);

    private static bool TryParse(string value, [NotNullWhen(true)] out Uri? url) =>
        Uri.TryCreate(value, UriKind.Absolute, out url) && url.Scheme is "http" or "https";

    private static string Wrong(string name, string value) =>
        $"{name} '{value}' is no URL; http://127.0.0.1:5000 would be one";
}
