using Cluster.Silo.Storage.Audit;

namespace Cluster.Silo.Audit;

/// <summary>Are the rows of one seal there, once each, as they were when they were sealed?</summary>
/// <param name="keys">Verify MACs.</param>
/// <param name="report">Gets what is wrong.</param>
/// <param name="seal">The seal.</param>
/// <param name="horizonBefore">That of the seal before; 0 for the first.</param>
internal sealed class SealedRowsCheck(AuditKeyRing keys, VerificationReport report, AuditSeal seal, ulong horizonBefore)
{
    /// <summary>Checks.</summary>
    /// <param name="rows">All rows that bear one of the seal's ids.</param>
    public void Check(IReadOnlyList<(StoredAuditRow Row, ulong Transaction)> rows)
    {
        var byId = rows.ToLookup(row => row.Row.AuditId);
        for (var i = 0; i < seal.AuditIds.Count; i++)
        {
            var id = seal.AuditIds[i];
            var found = byId[id].ToList();
            if (found.Count != 1)
            {
                report.Add(id, seal.Number, found.Count == 0 ? $"entry {id} was removed" : $"entry {id} stands there {found.Count} times");
            }

            report.Entries += found.Count;
            if (found.Count > 0 && Fault(found[0].Row, found[0].Transaction, seal.MacOf(i)) is { } fault)
            {
                report.Add(id, seal.Number, fault);
            }
        }
    }

    private string? Fault(StoredAuditRow row, ulong transaction, ReadOnlySpan<byte> sealedMac)
    {
        // Rows from before there were MACs are vouched for by the first seal alone.
        if (seal.Number == 1 && row.Mac.IsEmpty)
        {
            return keys.Find(seal.KeyId) is { } key && RowCheck.Fits(key, row, sealedMac) ? null : $"entry {row.AuditId} was changed";
        }

        if (RowCheck.Fault(keys, row) is { } fault)
        {
            return fault;
        }

        if (!row.Mac.Span.SequenceEqual(sealedMac))
        {
            return $"entry {row.AuditId} is another one than was sealed under its number: it was replaced or moved";
        }

        var ofItsTime = row.AuditId <= seal.RestoredId || (transaction >= horizonBefore && transaction < seal.Horizon);
        return ofItsTime ? null : $"the transaction number of entry {row.AuditId} was changed";
    }
}
