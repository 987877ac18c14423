using System.CommandLine;
using Cluster.Grpc;
using Google.Protobuf;

namespace Cluster.Cli.Connection;

/// <summary>The id of a request, under which it may be made again without being done again.</summary>
internal static class Requests
{
    /// <summary><c>--request-id</c></summary>
    public static Option<string?> Id { get; } = new("--request-id")
    {
        Description = "Repeat a request under the id that it had; a new one is made where it is not given.",
    };

    /// <summary>The id given, or a new one.</summary>
    /// <param name="parsed">The command line.</param>
    public static string IdOf(ParseResult parsed) => parsed.GetValue(Id) ?? Guid.CreateVersion7().ToString();

    /// <summary>
    /// What to say where nobody knows whether a request was done. Under an id that nobody was told it could only be made
    /// again as a new one, and a payment be made twice.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <returns>Null where it changes nothing, and so needs no id.</returns>
    public static string? HowToRepeat(IMessage request) =>
        request.Descriptor.FindFieldByName("request_id")?.Accessor.GetValue(request) is string { Length: > 0 } id
            ? $"whether it was done is not known; to make it again without doing it twice: --request-id {id}"
            : null;

    /// <summary>Whether an answer leaves open if the request was done.</summary>
    /// <param name="error">The answer.</param>
    public static bool IsUnknown(RpcException error) =>
        error.StatusCode is StatusCode.Unavailable or StatusCode.DeadlineExceeded or StatusCode.Cancelled or StatusCode.Unknown or StatusCode.Internal;
}
