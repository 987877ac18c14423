namespace Cluster.Grpc;

/// <summary>How a call ended: a code and, for failures, a message for the person who reads it.</summary>
/// <param name="Code">The outcome.</param>
/// <param name="Message">Any Unicode text; empty when there is nothing to say.</param>
public readonly record struct Status(StatusCode Code, string Message)
{
    /// <summary>Success, without a message.</summary>
    public static Status Ok { get; } = new(StatusCode.OK, "");

    /// <summary>The code, and after a colon the message if there is one.</summary>
    public override string ToString() => string.IsNullOrEmpty(Message) ? $"{Code}" : $"{Code}: {Message}";
}
