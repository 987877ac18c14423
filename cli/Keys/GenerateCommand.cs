using System.CommandLine;
using System.Security.Cryptography;

namespace Cluster.Cli.Keys;

/// <summary><c>cluster keys generate</c>: makes a local key-encryption key, and needs no cluster for it.</summary>
internal static class GenerateCommand
{
    private const int KeySize = 32;

    public static Command Create()
    {
        var file = new Option<FileInfo?>("--out") { Description = "Write the key to a new file that its owner alone can read, instead of printing it." };
        var command = new Command("generate", "Make a key for WALLET_ENCRYPTION_KEY: 32 random bytes in base64.") { file };
        command.SetAction((parsed, cancellationToken) => Generate(parsed.GetValue(file), cancellationToken));
        return command;
    }

    private static async Task<int> Generate(FileInfo? file, CancellationToken cancellationToken)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeySize));
        if (file is null)
        {
            await Console.Out.WriteLineAsync(key.AsMemory(), cancellationToken);
            return ExitCode.Success;
        }

        await using var writer = new StreamWriter(KeyFile.Create(file.FullName));
        await writer.WriteLineAsync(key.AsMemory(), cancellationToken);
        return ExitCode.Success;
    }
}
