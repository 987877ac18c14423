namespace Cluster.Silo.Keys;

/// <summary>A key cannot be read, wrapped or opened. The message never holds key material.</summary>
/// <param name="message">A sentence for operators: what is wrong and what to do.</param>
/// <param name="inner">What the provider said.</param>
/// <param name="isTransient">See <see cref="IsTransient"/>.</param>
public sealed class KeyException(string message, Exception? inner = null, bool isTransient = false) : Exception(message, inner)
{
    /// <summary>Whether the same may succeed later without anybody changing anything: the provider is away or busy.</summary>
    public bool IsTransient => isTransient;
}
