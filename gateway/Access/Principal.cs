namespace Cluster.Gateway.Access;

/// <summary>The holder of a valid key.</summary>
/// <param name="KeyId">Names the key in audit rows and logs.</param>
/// <param name="Name">For people.</param>
/// <param name="Permissions">What the holder may do.</param>
/// <param name="ExpiresAt">When the key ends; null where it does not.</param>
/// <param name="Slots">The requests that the holder has under way; the same object as long as the process runs.</param>
internal sealed record Principal(
    string KeyId,
    string Name,
    PermissionSet Permissions,
    DateTimeOffset? ExpiresAt,
    RequestSlots Slots);
