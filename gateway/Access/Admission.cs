using System.Net;
using Cluster.Gateway.Configuration;
using Cluster.Gateway.Operations;
using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Contracts;

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
        var principal = Authenticate(operation, authorization, apiKey);
        if (!principal.Permissions.Has(operation.Permission))
        {
            refusals.Denied(principal, operation, address);
            throw new ClusterException(
                StatusCode.PermissionDenied,
                $"{operation.PublicName()} needs the permission {PermissionSet.NameOf(operation.Permission)}, which the API key '{principal.KeyId}' does not have");
        }

        if (operation.SecondFactor)
        {
            refusals.Denied(principal, operation, address);
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

    private Principal Authenticate(Operation operation, string? authorization, string? apiKey)
    {
        try
        {
            return authenticator.Authenticate(authorization, apiKey);
        }
        catch (ClusterException error)
        {
            refusals.Unauthenticated(operation, error.Status);
            throw;
        }
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
