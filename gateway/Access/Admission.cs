using Cluster.Gateway.Configuration;
using Cluster.Gateway.Operations;
using Cluster.Silo.Grains.Access;
using Cluster.Silo.Grains.Access.SecondFactors;
using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Contracts;
using Cluster.V1;
using Google.Protobuf;

namespace Cluster.Gateway.Access;

/// <summary>
/// The one gate before every operation, whichever way it came: is the key valid, may its holder do this, on this wallet, is
/// there room? Denies what nothing allows. A request passes it in two steps: before anything of it is read, and again when
/// it says what it is about.
/// </summary>
internal sealed class Admission(Authenticator authenticator, ResourceResolver resources, SecondFactorCheck secondFactors, KeyUses uses, RefusalLog refusals, AccessOptions options)
{
    private readonly RequestSlots _all = new(options.MaxRequests);

    /// <summary>Lets a request in, until what is returned is disposed, to be read: its sender may do such a thing somewhere.</summary>
    /// <param name="operation">What is asked for.</param>
    /// <param name="credentials">What the request brings.</param>
    /// <exception cref="ClusterException">It may not come in.</exception>
    public Visitor Enter(Operation operation, Credentials credentials)
    {
        var principal = Authenticate(operation, static asked => asked.PublicName(), credentials);
        if (FirstLacking(operation, principal.Grants.AllowedSomewhere.Has) is { } lacking)
        {
            throw Denied(principal, lacking, operation.PublicName(), credentials, on: "");
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

        uses.Mark(principal.KeyId, credentials.Address);
        return new Visitor(operation, principal, credentials, _all);
    }

    /// <summary>Demands a permission of who looks at the cluster itself, which is no operation.</summary>
    /// <param name="permission">What the holder of the key must be allowed to do, on everything.</param>
    /// <param name="path">What is asked for.</param>
    /// <param name="credentials">What the request brings.</param>
    /// <exception cref="ClusterException">There is no valid key, or it lacks the permission.</exception>
    public void Demand(Permission permission, string path, Credentials credentials)
    {
        // Who watches the cluster must see why it fails, above all while the database with the keys is away.
        var principal = Authenticate(path, static asked => asked, credentials, evenIfStale: true);
        if (!principal.Grants.AllowsEverywhere(permission))
        {
            throw Denied(principal, permission, path, credentials, on: " on everything");
        }
    }

    /// <summary>Lets a visitor call: they may do this on what the request names.</summary>
    /// <param name="visitor">Let in by <see cref="Enter"/>.</param>
    /// <param name="request">The request; of a stream of them, the first; null where there is none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>On whose behalf the operation runs.</returns>
    /// <exception cref="ClusterException"><see cref="StatusCode.PermissionDenied"/>: on this they may not.</exception>
    public async ValueTask<Caller> Authorize(Visitor visitor, IMessage? request, CancellationToken cancellationToken)
    {
        var (operation, principal) = (visitor.Operation, visitor.Principal);
        var grants = principal.Grants;
        if (operation.Resource.Kind != ResourceKind.Anything && FirstLacking(operation, grants.AllowsEverywhere) is { } needed)
        {
            var id = request is null ? "" : operation.Resource.IdOf(request);
            var resource = await resources.Resolve(operation.Resource.Kind, id, cancellationToken);
            var lacking = resource is null ? needed : FirstLacking(operation, permission => grants.Allows(permission, resource));
            if (lacking is { } permission)
            {
                var on = resource is null ? " on everything" : $" on wallet {resource.WalletId}";
                throw Denied(principal, permission, operation.PublicName(), visitor.Credentials, on);
            }
        }

        return await Prove(operation, principal, visitor.Credentials, cancellationToken);
    }

    /// <summary>A code that comes with a call is judged whether the operation asks for one or not: it may be the amount that does.</summary>
    private async ValueTask<Caller> Prove(Operation operation, Principal principal, Credentials credentials, CancellationToken cancellationToken)
    {
        var caller = principal.CallerAt(credentials.Address, credentials.UserAgent);
        try
        {
            if (!string.IsNullOrEmpty(credentials.SecondFactor))
            {
                await secondFactors.Require(principal.Key.PrincipalId, credentials.SecondFactor, caller, cancellationToken);
                return caller with { HasSecondFactor = true };
            }

            return operation.SecondFactor
                ? throw SecondFactorChallenge.Of($"{operation.PublicName()} takes the code of an authenticator in the header {SecondFactorChallenge.Header}")
                : caller;
        }
        catch (ClusterException error) when (error.Status is StatusCode.PermissionDenied or StatusCode.Unauthenticated or StatusCode.ResourceExhausted)
        {
            refusals.Denied(principal, operation.PublicName(), credentials, error.Message);
            throw;
        }
    }

    private static Permission? FirstLacking(Operation operation, Func<Permission, bool> allows)
    {
        if (!allows(operation.Permission))
        {
            return operation.Permission;
        }

        foreach (var permission in operation.Also)
        {
            if (!allows(permission))
            {
                return permission;
            }
        }

        return null;
    }

    private Principal Authenticate<T>(T asked, Func<T, string> nameOf, Credentials credentials, bool evenIfStale = false)
    {
        try
        {
            return authenticator.Authenticate(credentials, evenIfStale);
        }
        catch (ClusterException error)
        {
            refusals.Unauthenticated(nameOf(asked), credentials, error);
            throw;
        }
    }

    private ClusterException Denied(Principal principal, Permission permission, string what, in Credentials credentials, string on)
    {
        var reason = $"{what} needs the permission {PermissionSet.NameOf(permission)}{on}, which the API key '{principal.KeyId}' of '{principal.Key.PrincipalId}' does not have";
        refusals.Denied(principal, what, credentials, reason);
        return new ClusterException(StatusCode.PermissionDenied, reason);
    }
}

/// <summary>Whose request was let in to be read; leaves when disposed, once.</summary>
internal sealed class Visitor(Operation operation, Principal principal, Credentials credentials, RequestSlots ofAll) : IDisposable
{
    /// <summary>What they ask for.</summary>
    public Operation Operation => operation;

    /// <summary>Who it is.</summary>
    public Principal Principal => principal;

    /// <summary>What the request brought.</summary>
    public Credentials Credentials => credentials;

    public void Dispose()
    {
        principal.Slots.Release();
        ofAll.Release();
    }
}
