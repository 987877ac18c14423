using System.Net;
using Cluster.Gateway.Configuration;
using Cluster.Gateway.Operations;
using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Contracts;
using Cluster.V1;

namespace Cluster.Gateway.Access;

/// <summary>
/// The one gate before every operation, whichever way it came: is the key valid, may its holder do this, is there room?
/// Denies what nothing allows.
/// </summary>
internal sealed class Admission(Authenticator authenticator, RefusalLog refusals, AccessOptions options)
{
    private readonly RequestSlots _all = new(options.MaxRequests);

    /// <summary>Lets a request in until what is returned is disposed.</summary>
    /// <param name="operation">What is asked for.</param>
    /// <param name="authorization">The header of this name, or null.</param>
    /// <param name="apiKey">The header <c>x-api-key</c>, or null.</param>
    /// <param name="address">Where the request came from.</param>
    /// <exception cref="ClusterException">It may not come in.</exception>
    public Admitted Enter(Operation operation, string? authorization, string? apiKey, IPAddress? address)
    {
        var principal = Authenticate(operation, static asked => asked.PublicName(), authorization, apiKey);
        if (!principal.Permissions.Has(operation.Permission))
        {
            throw Denied(principal, operation.Permission, operation.PublicName(), address);
        }

        if (operation.SecondFactor)
        {
            refusals.Denied(principal, operation.PublicName(), address);
            throw new ClusterException(
                StatusCode.PermissionDenied,
                $"{operation.PublicName()} asks for a second factor, which an API key alone cannot prove");
        }

        if (!_all.TryTake())
        {
            refusals.Full();
            throw new ClusterException(
                StatusCode.ResourceExhausted,
                $"the gateway has {_all.Capacity} requests under way, as many as it takes; try again");
        }

        if (!principal.Slots.TryTake())
        {
            _all.Release();
            refusals.Full();
            throw new ClusterException(
                StatusCode.ResourceExhausted,
                $"the API key '{principal.KeyId}' has {principal.Slots.Capacity} requests under way, as many as it may; wait for some to end");
        }

        return new Admitted(new Caller(principal.KeyId, principal.Name, address?.ToString()), principal.Slots, _all);
    }

    /// <summary>Demands a permission of who looks at the cluster itself, which is no operation.</summary>
    /// <param name="permission">What the holder of the key must be allowed to do.</param>
    /// <param name="path">What is asked for.</param>
    /// <param name="authorization">The header of this name, or null.</param>
    /// <param name="apiKey">The header <c>x-api-key</c>, or null.</param>
    /// <param name="address">Where the request came from.</param>
    /// <exception cref="ClusterException">There is no valid key, or it lacks the permission.</exception>
    public void Demand(Permission permission, string path, string? authorization, string? apiKey, IPAddress? address)
    {
        // Who watches the cluster must see why it fails, above all while the database with the keys is away.
        var principal = Authenticate(path, static asked => asked, authorization, apiKey, evenIfStale: true);
        if (!principal.Permissions.Has(permission))
        {
            throw Denied(principal, permission, path, address);
        }
    }

    private Principal Authenticate<T>(T asked, Func<T, string> nameOf, string? authorization, string? apiKey, bool evenIfStale = false)
    {
        try
        {
            return authenticator.Authenticate(authorization, apiKey, evenIfStale);
        }
        catch (ClusterException error)
        {
            refusals.Unauthenticated(nameOf(asked), error.Status);
            throw;
        }
    }

    private ClusterException Denied(Principal principal, Permission permission, string what, IPAddress? address)
    {
        refusals.Denied(principal, what, address);
        return new ClusterException(
            StatusCode.PermissionDenied,
            $"{what} needs the permission {PermissionSet.NameOf(permission)}, which the API key '{principal.KeyId}' does not have");
    }
}

/// <summary>A request that was let in; leaves when disposed, once.</summary>
internal readonly struct Admitted(Caller caller, RequestSlots ofKey, RequestSlots ofAll) : IDisposable
{
    /// <summary>On whose behalf the request is.</summary>
    public Caller Caller => caller;

    public void Dispose()
    {
        ofKey.Release();
        ofAll.Release();
    }
}
