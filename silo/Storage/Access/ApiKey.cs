using Cluster.V1;

namespace Cluster.Silo.Storage.Access;

/// <summary>Who may call, and what. The key itself is nowhere: only its hash is kept.</summary>
/// <param name="KeyId">Public name of the key, in audit rows and logs.</param>
/// <param name="Name">For people.</param>
/// <param name="KeyHash">SHA-256 of the key, 32 bytes.</param>
/// <param name="Permissions">What it allows.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="ExpiresAt">From when on it is refused; null where it does not expire.</param>
/// <param name="RevokedAt">Since when it is refused; null where it was not revoked.</param>
public sealed record ApiKey(
    string KeyId,
    string Name,
    ReadOnlyMemory<byte> KeyHash,
    IReadOnlySet<Permission> Permissions,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt = null,
    DateTimeOffset? RevokedAt = null)
{
    /// <summary>Whether the key opens anything at a moment.</summary>
    /// <param name="now">The moment.</param>
    public bool IsValidAt(DateTimeOffset now) => RevokedAt is null && (ExpiresAt is not { } end || now < end);
}
