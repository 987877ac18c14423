namespace Cluster.Silo.Storage.Schema;

/// <summary>The database cannot be used by this build; the process stops. The message says why and what to do.</summary>
/// <param name="message">A sentence for operators.</param>
/// <param name="inner">The database's error.</param>
public sealed class SchemaException(string message, Exception? inner = null) : Exception(message, inner);
