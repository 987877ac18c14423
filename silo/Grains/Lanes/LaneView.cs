using Cluster.Silo.Storage.Campaigns;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>How a lane stands after a turn.</summary>
/// <param name="Lane">Its row.</param>
/// <param name="InFlight">Batches whose outcome is not final.</param>
/// <param name="Unconfirmed">Of them, those of which nothing has been heard.</param>
/// <param name="Broken">The oldest batches that wait to be replaced.</param>
/// <param name="IsSettled">Every recipient is paid for good or has failed.</param>
internal sealed record LaneView(LaneRecord Lane, int InFlight, int Unconfirmed, IReadOnlyList<BatchRecord> Broken, bool IsSettled)
{
    /// <summary>Broken batches that are replaced at once.</summary>
    private const int BrokenAtOnce = 64;

    /// <summary>Nothing forbids to sign new batches.</summary>
    public bool MaySign => !Lane.Paused && !Lane.Cancelled && Lane.Stalled.Length == 0;

    public static LaneView Of(LaneBook book) =>
        new(book.Lane, book.InFlight, book.Unconfirmed, book.Broken(BrokenAtOnce), book.IsSettled);
}
