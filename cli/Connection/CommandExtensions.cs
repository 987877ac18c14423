using System.CommandLine;
using Cluster.Cli.Output;

namespace Cluster.Cli.Connection;

/// <summary>Commands that call the cluster.</summary>
internal static class CommandExtensions
{
    /// <summary>Connects, runs the action, and ends with success unless it throws.</summary>
    /// <param name="command">The command.</param>
    /// <param name="action">Gets the connection, the printer, the command line.</param>
    public static void Calls(this Command command, Func<ClusterClient, Printer, ParseResult, CancellationToken, Task> action) =>
        command.Calls(async (client, printer, parsed, cancellationToken) =>
        {
            await action(client, printer, parsed, cancellationToken);
            return ExitCode.Success;
        });

    /// <summary>Connects and runs the action.</summary>
    /// <param name="command">The command.</param>
    /// <param name="action">Gets the connection, the printer, the command line; gives the exit code.</param>
    public static void Calls(this Command command, Func<ClusterClient, Printer, ParseResult, CancellationToken, Task<int>> action) =>
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var client = ConnectionOptions.Connect(parsed);
            return await action(client, new Printer(parsed.GetValue(ConnectionOptions.Json)), parsed, cancellationToken);
        });
}
