namespace Cluster.Silo.Storage;

/// <summary>
/// Somebody else changed the aggregate since this activation read it. Nothing of the change was committed; the host
/// drops the activation, and the next call starts from what was committed.
/// </summary>
/// <param name="what">The aggregate, for example <c>wallet treasury</c>.</param>
/// <param name="inner">The database's error.</param>
public sealed class StaleVersionException(string what, Exception? inner = null)
    : Exception($"Another activation changed {what} first.", inner);
