using System.Net;
using Cluster.V1;

namespace Cluster.Silo.Storage.Access;

/// <summary>What is presented to prove who calls.</summary>
public enum ApiKeyKind
{
    /// <summary>A text that only its holder knows.</summary>
    Secret,

    /// <summary>A client certificate, whose private key only its holder has.</summary>
    Certificate,
}

/// <summary>By what a principal calls. The secret itself is nowhere: only its hash is kept.</summary>
/// <param name="KeyId">Public name of the key, in audit rows and logs.</param>
/// <param name="Name">For people.</param>
/// <param name="KeyHash">SHA-256 of the key, or of the certificate's DER encoding; 32 bytes.</param>
/// <param name="Permissions">To what it narrows what its principal may do; null where it narrows nothing.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From when on it is refused; null where it does not expire.</param>
/// <param name="RevokedAt">Since when it is refused; null where it was not revoked.</param>
public sealed record ApiKey(
    string KeyId,
    string Name,
    ReadOnlyMemory<byte> KeyHash,
    IReadOnlySet<Permission>? Permissions,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt = null,
    DateTimeOffset? RevokedAt = null)
{
    /// <summary>On whose behalf it calls; a principal of its own where nothing else is said.</summary>
    public string PrincipalId { get; init; } = KeyId;

    /// <summary>What is presented.</summary>
    public ApiKeyKind Kind { get; init; }

    /// <summary>Networks from which it may be used; from anywhere where empty.</summary>
    public IReadOnlyList<IPNetwork> Addresses { get; init; } = [];

    /// <summary>The key that made it; empty where an operator did.</summary>
    public string CreatedBy { get; init; } = "";

    /// <summary>The key that takes its place; null where none does.</summary>
    public string? ReplacedBy { get; init; }

    /// <summary>When a gateway last let it in, to a few seconds; null where it was never used.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>From where that was.</summary>
    public string? LastUsedFrom { get; init; }

    /// <summary>Whether the key opens anything at a moment.</summary>
    /// <param name="now">The moment.</param>
    public bool IsValidAt(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is not { } end || now < end);
}
