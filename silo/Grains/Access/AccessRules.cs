using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Access;
using Cluster.V1;

namespace Cluster.Silo.Grains.Access;

/// <summary>
/// What changes of access one may make: nobody grants more than they have, nobody takes from who has more, and an owner
/// who can call is always left.
/// </summary>
/// <param name="book">Who may do what now.</param>
/// <param name="caller">Who changes it.</param>
internal sealed class AccessRules(AccessBook book, Caller caller)
{
    private readonly Grants _caller = GrantsOfKey(book, caller.Id);

    /// <summary>What a key may do; nothing where there is no such key.</summary>
    public static Grants GrantsOfKey(AccessBook book, string keyId) => book.Keys.TryGetValue(keyId, out var key)
        ? Grants.Of(book.Bindings[key.PrincipalId], key.Permissions)
        : Grants.None;

    /// <summary>What a principal may do by a key that narrows nothing.</summary>
    public static Grants GrantsOf(AccessBook book, string principalId) => Grants.Of(book.Bindings[principalId], narrowedTo: null);

    /// <summary>Refuses a binding of more than the caller has.</summary>
    /// <param name="role">What is bound.</param>
    /// <param name="scope">On what.</param>
    /// <param name="projectId">Of the scope's wallet, where it is one that exists.</param>
    /// <param name="narrowedTo">Of the role only these; all where null.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.PermissionDenied"/>: what the caller lacks.</exception>
    public void RequireAll(Role role, AccessScope scope, string? projectId, IReadOnlySet<Permission>? narrowedTo = null)
    {
        var lacking = Roles.PermissionsOf(role)
            .And(PermissionSet.Of(narrowedTo ?? PermissionSet.All))
            .Or(PermissionSet.Of([Permission.ManageAccess]))
            .ToPermissions()
            .Where(permission => !_caller.Allows(permission, scope, projectId))
            .Select(PermissionSet.NameOf)
            .ToList();
        if (lacking.Count > 0)
        {
            throw new ClusterException(
                StatusCode.PermissionDenied,
                $"{AccessText.Of(role)} on {scope} is more than '{caller.Id}' has there, which lacks {string.Join(", ", lacking)}: nobody gives or takes more than they have.");
        }
    }

    /// <summary>Refuses a change of somebody who has more than the caller.</summary>
    /// <param name="principalId">Who is changed.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.PermissionDenied"/>: what they have more.</exception>
    public void RequireNoLess(string principalId)
    {
        var target = GrantsOf(book, principalId);
        var more = target.AllowedSomewhere.Except(_caller.AllowedSomewhere);
        if (!more.IsEmpty || (target.OwnsEverything && !_caller.OwnsEverything))
        {
            throw new ClusterException(
                StatusCode.PermissionDenied,
                $"'{principalId}' may do what '{caller.Id}' may not ({(more.IsEmpty ? "everything" : more)}): who has less does not change who has more.");
        }
    }

    /// <summary>Refuses a change after which nobody could undo it.</summary>
    /// <param name="after">Who may do what after it.</param>
    /// <param name="now">Keys that have ended by now are none.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.FailedPrecondition"/>: no owner would be left.</exception>
    public static void RequireOwner(AccessBook after, DateTimeOffset now)
    {
        if (!after.Keys.Values.Any(key => key.IsValidAt(now) && GrantsOfKey(after, key.KeyId).OwnsEverything))
        {
            throw new ClusterException(
                StatusCode.FailedPrecondition,
                "no owner of everything with a key that opens everything would be left: make another owner first.");
        }
    }
}
