using System.Net;
using Cluster.Silo.Grains.Access;
using Cluster.Silo.Storage.Access;

namespace Cluster.Gateway.Access;

/// <summary>Who calls with a valid key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Grants">What its principal may do by it.</param>
/// <param name="Slots">The requests that the key has under way; the same object as long as the process runs.</param>
internal sealed record Principal(ApiKey Key, Grants Grants, RequestSlots Slots)
{
    /// <summary>Names the key in audit rows and logs.</summary>
    public string KeyId => Key.KeyId;

    /// <summary>Whether the key may be used from an address.</summary>
    /// <param name="address">Where the request came from; null where that is not known.</param>
    public bool MayCallFrom(IPAddress? address)
    {
        if (Key.Addresses.Count == 0)
        {
            return true;
        }

        var plain = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return plain is not null && Key.Addresses.Any(network => network.Contains(plain));
    }
}
