namespace Cluster.Silo.Keys;

/// <summary>A key cannot be read, wrapped or opened. The message never holds key material.</summary>
/// <param name="message">A sentence for operators: what is wrong and what to do.</param>
/// <param name="inner">What the provider said.</param>
public sealed class KeyException(string message, Exception? inner = null) : Exception(message, inner);
