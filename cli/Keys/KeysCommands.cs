using System.CommandLine;
using System.Globalization;
using Cluster.Cli.Connection;
using Cluster.Cli.Output;
using Cluster.V1;

namespace Cluster.Cli.Keys;

/// <summary><c>cluster keys …</c></summary>
internal static class KeysCommands
{
    /// <summary>The one keyring that there is.</summary>
    public const string Keyring = "wallets";

    private static readonly string[] KeyColumns = ["key-encryption key", ">wallet keys", "state"];
    private static readonly string[] FailureColumns = ["wallet", ">version", "reason"];
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    /// <summary>The command and its subcommands.</summary>
    public static Command Create() => new("keys", "Look after the key-encryption keys that protect wallets' keys.")
    {
        GenerateCommand.Create(),
        Rotate(),
        RecoverCommand.Create(),
        Status(),
        ClearCache(),
    };

    /// <summary>Shows how far a rotation is until it is done.</summary>
    public static async Task<int> Follow(ClusterClient client, Printer printer, CancellationToken cancellationToken)
    {
        while (true)
        {
            var status = await client.Call<KeyStatus>(new GetKeyStatusRequest(), cancellationToken);
            if (status.Rotation is null or { State: RotationState.Rotated })
            {
                Print(printer, status);
                return status.Rotation is { Failed: > 0 } ? ExitCode.NotCompleted : ExitCode.Success;
            }

            if (!printer.Json)
            {
                await Console.Error.WriteLineAsync(Progress(status.Rotation).AsMemory(), cancellationToken);
            }

            await Task.Delay(LookAgain, TimeProvider.System, cancellationToken);
        }
    }

    private static Command Rotate()
    {
        var existing = new Option<bool>("--existing-version") { Description = "Do not have the vault make a new version: wrap under the newest one that is there." };
        var disable = new Option<bool>("--disable-old") { Description = "Disable the older version in the vault when nothing is wrapped under it any more." };
        var wait = new Option<bool>("--wait") { Description = "Show the progress and return when all is done." };
        var command = new Command("rotate", "Wrap every wallet's data key under a new key-encryption key, in the background.") { existing, disable, wait, Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            var rotation = await client.Call<KeyRotation>(
                new RotateKeysRequest
                {
                    RequestId = Requests.IdOf(parsed),
                    Keyring = Keyring,
                    NewVersion = !parsed.GetValue(existing),
                    DisableOld = parsed.GetValue(disable),
                },
                cancellationToken);
            if (parsed.GetValue(wait))
            {
                return await Follow(client, printer, cancellationToken);
            }

            printer.Print(rotation, ("rotation", "begun; cluster keys status shows how far it is"));
            return ExitCode.Success;
        });
        return command;
    }

    private static Command Status()
    {
        var command = new Command("status", "Which key-encryption keys are in use, how many wallets' keys depend on each, and how far a rotation is.");
        command.Calls(async (client, printer, _, cancellationToken) =>
            Print(printer, await client.Call<KeyStatus>(new GetKeyStatusRequest(), cancellationToken)));
        return command;
    }

    private static Command ClearCache()
    {
        var command = new Command("clear-cache", "Wipe the wallets' keys that are open, in every process of the cluster.") { Requests.Id };
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            var reply = await client.Call<ClearKeyCacheReply>(new ClearKeyCacheRequest { RequestId = Requests.IdOf(parsed) }, cancellationToken);
            printer.Print(reply, ("wiped", string.Join(", ", reply.Cleared)), ("silent", string.Join(", ", reply.Silent)));
            return reply.Silent.Count > 0 ? ExitCode.NotCompleted : ExitCode.Success;
        });
        return command;
    }

    private static void Print(Printer printer, KeyStatus status)
    {
        if (printer.Json)
        {
            Printer.PrintJson(status);
            return;
        }

        printer.Print(status.Keys, KeyColumns, key => [key.KeyId, key.WalletKeys.ToString("N0", CultureInfo.InvariantCulture), State(key)]);
        if (status.Rotation is { } rotation)
        {
            printer.Print(
                rotation,
                (rotation.Recovery ? "recovery" : "rotation", Progress(rotation)),
                ("to", rotation.TargetKey),
                ("note", rotation.Problem),
                ("begun", rotation.StartTime?.ToDateTimeOffset().ToString("u") ?? ""),
                ("ended", rotation.EndTime?.ToDateTimeOffset().ToString("u") ?? ""));
            if (rotation.Failures.Count > 0)
            {
                printer.Print(rotation.Failures, FailureColumns, failure => [failure.WalletId, $"{failure.KeyVersion}", failure.Reason]);
            }
        }
    }

    private static string State(KeyEncryptionKey key) => key switch
    {
        { Disabled: true } => "disabled",
        { Retired: true } => "retired",
        { Current: true } => "current",
        { WalletKeys: 0 } => "unused",
        _ => "former",
    };

    private static string Progress(KeyRotation rotation) => string.Create(
        CultureInfo.InvariantCulture,
        $"{rotation.State.ToString().ToLowerInvariant()}, {rotation.Rewrapped:N0} of {rotation.Total:N0} wrapped anew, {rotation.Failed:N0} could not be opened");
}
