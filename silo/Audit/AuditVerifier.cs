using System.Data;
using System.Runtime.CompilerServices;
using Cluster.Silo.Storage.Audit;
using Cluster.V1;
using Npgsql;

namespace Cluster.Silo.Audit;

/// <summary>
/// Reads the whole log as of one moment and recomputes every MAC and every seal. What was changed, removed, inserted,
/// copied or moved is named; a log that nobody touched has no findings, whatever is written meanwhile.
/// </summary>
internal sealed class AuditVerifier(NpgsqlDataSource source, AuditKeyRing keys)
{
    private const int SealsAtOnce = 16;

    /// <summary>Verifies.</summary>
    /// <param name="anchor">Of an earlier verification; null where there is none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Progress; the last message is done.</returns>
    public async IAsyncEnumerable<AuditVerification> Verify(AuditAnchor? anchor, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, cancellationToken);
        var reading = new AuditReading(connection);
        var report = new VerificationReport();
        var chain = new ChainCheck(keys, report, anchor);
        while (!report.IsFull && await reading.Seals(chain.LastNumber, SealsAtOnce, cancellationToken) is { Count: > 0 } seals)
        {
            foreach (var seal in seals)
            {
                chain.Check(seal);
                new SealedRowsCheck(keys, report, seal, chain.HorizonBefore).Check(await reading.Rows(seal.AuditIds, cancellationToken));
            }

            yield return report.Take();
        }

        chain.End();
        var last = chain.Last;
        await foreach (var (row, _) in reading.Unsealed(last, cancellationToken))
        {
            report.Unsealed++;
            if (RowCheck.Fault(keys, row) is { } fault)
            {
                report.Add(row.AuditId, 0, fault);
            }
        }

        foreach (var (first, copy) in await reading.Copies(cancellationToken))
        {
            report.Add(copy, 0, $"entry {copy} is a copy of entry {first}");
        }

        if (await reading.Count(cancellationToken) != report.Entries + report.Unsealed)
        {
            foreach (var id in await reading.Stowaways(last, cancellationToken))
            {
                report.Add(id, 0, $"entry {id} was inserted: it is in no seal, and older ones are");
            }
        }

        yield return report.End(last is null ? "" : AuditAnchor.Of(last).ToString());
    }
}
