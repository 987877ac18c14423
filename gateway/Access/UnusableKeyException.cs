namespace Cluster.Gateway.Access;

/// <summary>The key was proved and may not be used: why a caller was refused, for the audit log alone.</summary>
/// <param name="principal">Whose key it is.</param>
/// <param name="isElsewhere">Whether it came from an address that it may not be used from.</param>
internal sealed class UnusableKeyException(Principal principal, bool isElsewhere) : Exception
{
    /// <summary>Whose key it is.</summary>
    public Principal Principal { get; } = principal;

    /// <summary>Whether it came from an address that it may not be used from.</summary>
    public bool IsElsewhere { get; } = isElsewhere;
}
