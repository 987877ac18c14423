using Cluster.Silo.Storage.Access;
using Cluster.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cluster.Silo.Grains.Access;

/// <summary>Rows of keys as the contracts tell them.</summary>
internal static class ApiKeyMessages
{
    public static ApiKeyDescription Of(ApiKey key)
    {
        var message = new ApiKeyDescription
        {
            KeyId = key.KeyId,
            PrincipalId = key.PrincipalId,
            Name = key.Name,
            Narrowed = key.Permissions is not null,
            Certificate = key.Kind == ApiKeyKind.Certificate,
            CreateTime = key.CreatedAt.ToTimestamp(),
            ExpireTime = key.ExpiresAt?.ToTimestamp(),
            RevokeTime = key.RevokedAt?.ToTimestamp(),
            LastUseTime = key.LastUsedAt?.ToTimestamp(),
            LastUseAddress = key.LastUsedFrom ?? "",
            ReplacedBy = key.ReplacedBy ?? "",
            CreatedBy = key.CreatedBy,
        };
        message.Permissions.AddRange(key.Permissions?.Order() ?? Enumerable.Empty<Permission>());
        message.Addresses.AddRange(key.Addresses.Select(network => network.ToString()));
        return message;
    }
}
