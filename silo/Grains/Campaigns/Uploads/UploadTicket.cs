namespace Cluster.Silo.Grains.Campaigns.Uploads;

/// <summary>
/// Names one attempt at an upload. A client that lost its connection, or whose cluster died, repeats its request: the new
/// attempt takes the campaign over from the old one, which nobody waits for any more.
/// </summary>
internal static class UploadTicket
{
    private const char Separator = '#';

    /// <summary>The ticket of a new attempt.</summary>
    /// <param name="requestId">The upload's <c>request_id</c>.</param>
    public static string New(string requestId) => $"{requestId}{Separator}{Guid.NewGuid():N}";

    /// <summary>Whether two attempts are the same request.</summary>
    /// <param name="ticket">One of them; null where there is none.</param>
    /// <param name="other">The other.</param>
    public static bool IsSameRequest(string? ticket, string other) =>
        ticket is not null && RequestOf(ticket).SequenceEqual(RequestOf(other));

    private static ReadOnlySpan<char> RequestOf(string ticket) => ticket.AsSpan(0, Math.Max(0, ticket.LastIndexOf(Separator)));
}
