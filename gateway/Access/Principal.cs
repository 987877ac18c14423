using System.Net;
using Cluster.Silo.Grains.Access;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Access;

namespace Cluster.Gateway.Access;

/// <summary>Who calls with a valid key.</summary>
/// <param name="key">The key.</param>
/// <param name="grants">What its principal may do by it.</param>
/// <param name="slots">The requests that the key has under way; the same object as long as the process runs.</param>
internal sealed class Principal(ApiKey key, Grants grants, RequestSlots slots)
{
    private Known? _last;

    /// <summary>The key.</summary>
    public ApiKey Key => key;

    /// <summary>What its principal may do by it.</summary>
    public Grants Grants => grants;

    /// <summary>The requests that the key has under way.</summary>
    public RequestSlots Slots => slots;

    /// <summary>Names the key in audit rows and logs.</summary>
    public string KeyId => key.KeyId;

    /// <summary>On whose behalf calls run that come by this key. The last one is kept: a busy key calls from one place.</summary>
    /// <param name="address">Where the request came from.</param>
    /// <param name="userAgent">By which program.</param>
    public Caller CallerAt(IPAddress? address, string userAgent)
    {
        if (Volatile.Read(ref _last) is { } last && last.UserAgent == userAgent && Equals(last.Address, address))
        {
            return last.Caller;
        }

        var caller = new Caller(key.KeyId, key.Name, address?.ToString())
        {
            PrincipalId = key.PrincipalId,
            Role = grants.HighestRole,
            UserAgent = userAgent,
        };
        Volatile.Write(ref _last, new Known(address, userAgent, caller));
        return caller;
    }

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

    private sealed record Known(IPAddress? Address, string UserAgent, Caller Caller);
}
