namespace Cluster.Silo.Storage.Schema;

/// <summary>A step that a database has been through, as its <c>schema_migrations</c> tells.</summary>
/// <param name="Version">From 1.</param>
/// <param name="Name">Of the file that was applied.</param>
/// <param name="Checksum">SHA-256 of what was applied.</param>
internal sealed record AppliedMigration(int Version, string Name, ReadOnlyMemory<byte> Checksum);
