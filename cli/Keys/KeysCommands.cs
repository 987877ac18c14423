using System.CommandLine;

namespace Cluster.Cli.Keys;

/// <summary><c>cluster keys …</c></summary>
internal static class KeysCommands
{
    /// <summary>The command and its subcommands.</summary>
    public static Command Create() => new("keys", "Look after the key-encryption keys that protect wallets' keys.")
    {
        GenerateCommand.Create(),
    };
}
