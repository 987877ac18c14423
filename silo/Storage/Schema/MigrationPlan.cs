namespace Cluster.Silo.Storage.Schema;

/// <summary>Compares what a database has been through with what this build knows.</summary>
internal static class MigrationPlan
{
    /// <summary>The steps still to be applied, in order.</summary>
    /// <param name="known">This build's steps, in order.</param>
    /// <param name="applied">The database's steps, in order.</param>
    /// <exception cref="SchemaException">The database is not one that this build can bring up to date.</exception>
    public static IReadOnlyList<Migration> Remaining(IReadOnlyList<Migration> known, IReadOnlyList<AppliedMigration> applied)
    {
        for (var i = 0; i < applied.Count; i++)
        {
            var step = applied[i];
            if (step.Version > known.Count)
            {
                throw new SchemaException(
                    $"The database is newer than this build: it has been through migration {step.Name}, and this build knows {Latest(known)}. Start the build that made the database, or a newer one.");
            }

            if (step.Version != i + 1)
            {
                throw new SchemaException(
                    $"The database has been through migration {step.Name} but not through {known[i].Name}: its table schema_migrations was changed by hand. Restore a backup.");
            }

            if (!step.Checksum.Span.SequenceEqual(known[i].Checksum.Span))
            {
                throw new SchemaException(
                    $"Migration {known[i].Name} of this build is not the {step.Name} that the database has been through: the file was changed after it had been applied (SHA-256 {Hex(step.Checksum)} then, {Hex(known[i].Checksum)} now). Put the file back and make the change in a new migration.");
            }
        }

        return [.. known.Skip(applied.Count)];
    }

    private static string Latest(IReadOnlyList<Migration> known) =>
        known.Count == 0 ? "none" : $"only those up to {known[^1].Name}";

    private static string Hex(ReadOnlyMemory<byte> checksum) => Convert.ToHexStringLower(checksum.Span[..8]);
}
