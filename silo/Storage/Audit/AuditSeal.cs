namespace Cluster.Silo.Storage.Audit;

/// <summary>A link of the chain: which rows were committed since the link before, and their MACs, under a MAC of its own.</summary>
/// <param name="Number">From 1, without gaps.</param>
/// <param name="At">When it was made, to the microsecond.</param>
/// <param name="Horizon">Every row of an earlier transaction is sealed.</param>
/// <param name="RestoredId">Every row up to this one is sealed, whatever its transaction; 0 where the database was never restored.</param>
/// <param name="AuditIds">The rows, at least one.</param>
/// <param name="Macs">Theirs, 32 bytes each, in the same order.</param>
/// <param name="KeyId">Under which key the head is.</param>
/// <param name="Head">MAC over all of the above and over the head before; stands for the whole log up to here.</param>
public sealed record AuditSeal(
    long Number,
    DateTimeOffset At,
    ulong Horizon,
    long RestoredId,
    IReadOnlyList<long> AuditIds,
    ReadOnlyMemory<byte> Macs,
    string KeyId,
    ReadOnlyMemory<byte> Head)
{
    /// <summary>The MAC of one of the rows.</summary>
    /// <param name="index">Its place among <see cref="AuditIds"/>.</param>
    public ReadOnlySpan<byte> MacOf(int index) => Macs.Span.Slice(index * AuditKey.MacSize, AuditKey.MacSize);
}
