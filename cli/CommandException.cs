namespace Cluster.Cli;

/// <summary>A command that cannot go on.</summary>
/// <param name="message">What is wrong and what to do.</param>
/// <param name="code">One of <see cref="ExitCode"/>.</param>
internal sealed class CommandException(string message, int code) : Exception(message)
{
    /// <summary>The process's exit code.</summary>
    public int Code { get; } = code;
}
