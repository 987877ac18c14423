using System.CommandLine;

namespace Cluster.Cli.Connection;

/// <summary>The options of every command: where the cluster is, and who calls.</summary>
internal static class ConnectionOptions
{
    private const string ServerVariable = "CLUSTER_SERVER";
    private const string KeyVariable = "CLUSTER_API_KEY";

    /// <summary>The gateways.</summary>
    public static Option<IReadOnlyList<Uri>> Server { get; } = new("--server")
    {
        Description = $"The gateway, or several of one cluster with commas between them: where one fails, the next is asked; {ServerVariable} where it is not given.",
        DefaultValueFactory = _ => UrlOption.ParseList(ServerVariable, Environment.GetEnvironmentVariable(ServerVariable) ?? "http://127.0.0.1:5000"),
        CustomParser = UrlOption.ListParser,
        Arity = ArgumentArity.ExactlyOne,
        Recursive = true,
    };

    /// <summary>The file with the API key. A key is never an argument: arguments are there for every user to read.</summary>
    public static Option<string> KeyFile { get; } = new("--key-file")
    {
        Description = $"The file with the API key; the key itself may stand in {KeyVariable}.",
        DefaultValueFactory = _ => ".data/admin.key",
        Recursive = true,
    };

    /// <summary>Replies as JSON, for programs.</summary>
    public static Option<bool> Json { get; } = new("--json")
    {
        Description = "Answer in JSON, one object a line.",
        Recursive = true,
    };

    /// <summary>Connects as the options say.</summary>
    /// <param name="parsed">The command line.</param>
    /// <exception cref="CommandException">There is no key.</exception>
    public static ClusterClient Connect(ParseResult parsed) =>
        new(parsed.GetRequiredValue(Server), Key(parsed.GetRequiredValue(KeyFile)));

    private static string Key(string file)
    {
        if (Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key)
        {
            return key;
        }

        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException(
                $"the API key cannot be read from {file}: {error.Message} Give --key-file, or the key in {KeyVariable}.",
                ExitCode.Input);
        }
    }
}
