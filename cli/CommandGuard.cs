using Cluster.Cli.Csv;
using Cluster.Grpc;

namespace Cluster.Cli;

/// <summary>Where all errors of the command line meet: one sentence on standard error, and an exit code.</summary>
internal static class CommandGuard
{
    /// <summary>Runs a command and turns what it throws into an exit code.</summary>
    /// <param name="command">The command.</param>
    public static async Task<int> Run(Func<Task<int>> command)
    {
        try
        {
            return await command();
        }
        catch (RpcException error)
        {
            return Say(error.Status.Message.Length > 0 ? error.Status.Message : error.StatusCode.ToString(), ExitCode.Of(error.StatusCode));
        }
        catch (Cluster.Solana.RpcException error)
        {
            return Say(error.Message, ExitCode.Input);
        }
        catch (CommandException error)
        {
            return Say(error.Message, error.Code);
        }
        catch (CsvException error)
        {
            return Say(error.Message, ExitCode.Input);
        }
        catch (IOException error)
        {
            return Say(error.Message, ExitCode.Input);
        }
        catch (UnauthorizedAccessException error)
        {
            return Say(error.Message, ExitCode.Input);
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
    }

    private static int Say(string message, int code)
    {
        Console.Error.WriteLine($"error: {message}");
        return code;
    }
}
