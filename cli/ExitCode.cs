using Cluster.Grpc;

namespace Cluster.Cli;

/// <summary>What a shell learns of a command's end.</summary>
internal static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Success = 0;

    /// <summary>The words of the command are off.</summary>
    public const int Usage = 2;

    /// <summary>A file or key cannot be read, or the file's header is wrong.</summary>
    public const int Input = 3;

    /// <summary>The ledger does not hold what was owed.</summary>
    public const int LedgerDiffers = 4;

    /// <summary>A person said no.</summary>
    public const int Declined = 5;

    /// <summary>The campaign ended otherwise than completed.</summary>
    public const int NotCompleted = 6;

    /// <summary>The audit log is not what was written.</summary>
    public const int TamperedWith = 7;

    /// <summary>Interrupted by Ctrl-C.</summary>
    public const int Interrupted = 130;

    /// <summary>The cluster answered with an error: 10 and gRPC's code, for example 15 for NOT_FOUND.</summary>
    /// <param name="status">The answer's status.</param>
    public static int Of(StatusCode status) => 10 + (int)status;
}
