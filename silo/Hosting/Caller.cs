namespace Cluster.Silo.Hosting;

/// <summary>On whose behalf a call is made; goes into the audit row of whatever the call changes.</summary>
/// <param name="Id">The API key's id, or <c>system:</c> and the part of the silo that calls.</param>
/// <param name="Name">For people.</param>
/// <param name="Address">Where the call came from; null inside the cluster.</param>
public sealed record Caller(string Id, string Name, string? Address = null)
{
    private const string SystemPrefix = "system:";

    /// <summary>The principal whose key it is; empty inside the cluster.</summary>
    public string PrincipalId { get; init; } = "";

    /// <summary>By which role the caller may do what it asks for; empty where none was needed.</summary>
    public string Role { get; init; } = "";

    /// <summary>By which program the call came, as that program says; empty inside the cluster.</summary>
    public string UserAgent { get; init; } = "";

    /// <summary>Whether a code of the caller's second factor came with the call and was accepted.</summary>
    public bool HasSecondFactor { get; init; }

    /// <summary>Whether the cluster itself calls; no API key has such an id.</summary>
    public bool IsSystem => Id.StartsWith(SystemPrefix, StringComparison.Ordinal);

    /// <summary>A part of the silo that acts on its own.</summary>
    /// <param name="part">For example <c>sender</c>.</param>
    public static Caller System(string part) => new(SystemPrefix + part, part);
}
