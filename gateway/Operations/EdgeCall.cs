using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Cluster.Silo.Hosting;

namespace Cluster.Gateway.Operations;

/// <summary>Makes the <see cref="Call"/> that travels with a request from what its headers say.</summary>
internal static class EdgeCall
{
    /// <summary>The header by which a client names a request, so that it finds it in logs; answered with every reply.</summary>
    public const string RequestIdHeader = "x-request-id";

    /// <summary>Characters that a client's request id may have.</summary>
    public const int MaxRequestIdLength = 128;

    /// <summary>Tells processes apart; the counter behind it tells requests apart.</summary>
    private static readonly ulong Process = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong))) & 0xFFFF_FFFF_FFFF;

    private static ulong _made;

    /// <summary>The client's request id, or a new one where it gave none.</summary>
    /// <param name="given">The header, or null.</param>
    /// <param name="requestId">Set in either case: a refused one is not used.</param>
    /// <returns>False where what was given cannot be used.</returns>
    public static bool TryGetRequestId(string? given, out string requestId)
    {
        if (string.IsNullOrEmpty(given))
        {
            requestId = NewRequestId();
            return true;
        }

        var usable = given.Length <= MaxRequestIdLength && !given.AsSpan().ContainsAnyExceptInRange('!', '~');
        requestId = usable ? given : NewRequestId();
        return usable;
    }

    /// <summary>The span that the client named by the header <c>traceparent</c>, if any.</summary>
    /// <remarks>https://www.w3.org/TR/trace-context/</remarks>
    public static ActivityContext TraceOf(string? traceparent, string? tracestate) =>
        traceparent is not null && ActivityContext.TryParse(traceparent, tracestate, isRemote: true, out var trace) ? trace : default;

    /// <summary>The refusal of a request id that cannot be used.</summary>
    public static ClusterException UnusableRequestId() => new(
        StatusCode.InvalidArgument,
        $"the header {RequestIdHeader} must be 1 to {MaxRequestIdLength} printable ASCII characters without spaces");

    private static string NewRequestId() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Process:x12}{Interlocked.Increment(ref _made):x12}");
}
