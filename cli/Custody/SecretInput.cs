using System.CommandLine;

namespace Cluster.Cli.Custody;

/// <summary>Secrets come from files or standard input: an argument is seen by everybody who can list processes.</summary>
internal static class SecretInput
{
    private const string StandardInput = "-";

    /// <summary>Longer than any key, words or passphrase.</summary>
    private const int MaxLength = 4_096;

    /// <summary>An option that names a file with a secret in it.</summary>
    /// <param name="name">With its hyphens.</param>
    /// <param name="what">What is in the file.</param>
    public static Option<string?> File(string name, string what) => new(name) { Description = $"File with {what}; - reads standard input." };

    /// <summary>Reads the secret.</summary>
    /// <param name="path">A file, or - for standard input.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">It is longer than any secret.</exception>
    public static async Task<string> Read(string path, CancellationToken cancellationToken)
    {
        using var reader = path == StandardInput ? Console.In : new StreamReader(path);
        var buffer = new char[MaxLength + 1];
        var length = await reader.ReadBlockAsync(buffer, cancellationToken);
        var text = new string(buffer, 0, length);
        Array.Clear(buffer);
        return length <= MaxLength
            ? text.Trim()
            : throw new CommandException($"{path} has more than {MaxLength:N0} characters: this is no key and no words", ExitCode.Input);
    }
}
