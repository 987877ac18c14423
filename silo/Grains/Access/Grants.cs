using System.Collections.Frozen;
using Cluster.Silo.Storage.Access;
using Cluster.V1;

namespace Cluster.Silo.Grains.Access;

/// <summary>On what a permission is asked for.</summary>
/// <param name="WalletId">The wallet; null for a whole project.</param>
/// <param name="ProjectId">The topmost wallet above it; null where the wallet does not exist.</param>
public sealed record Resource(string? WalletId, string? ProjectId);

/// <summary>
/// What all bindings of a principal say together, narrowed by the permissions of the key that it calls with. Nothing is
/// allowed that no binding allows; what one denies is denied.
/// </summary>
public sealed class Grants
{
    /// <summary>May do nothing.</summary>
    public static readonly Grants None = new([], PermissionSet.Of(PermissionSet.All));

    private readonly FrozenDictionary<AccessScope, Sides> _scopes;
    private readonly Sides _everything;
    private readonly PermissionSet _deniedSomewhere;

    private Grants(IEnumerable<RoleBinding> bindings, PermissionSet narrowed)
    {
        var highest = bindings.Where(binding => binding.Effect == Effect.Allow).Select(binding => binding.Role).DefaultIfEmpty().Max();
        HighestRole = highest == Role.Unspecified ? "" : AccessText.Of(highest);
        _scopes = bindings.GroupBy(binding => binding.Scope).ToFrozenDictionary(
            scope => scope.Key,
            scope => new Sides(Union(scope, Effect.Allow).And(narrowed), Union(scope, Effect.Deny)));
        _everything = _scopes.GetValueOrDefault(AccessScope.Everything);
        _deniedSomewhere = _scopes.Values.Aggregate(default(PermissionSet), static (all, sides) => all.Or(sides.Denied));
        AllowedSomewhere = _scopes.Values
            .Aggregate(default(PermissionSet), static (all, sides) => all.Or(sides.Allowed))
            .Except(_everything.Denied);
    }

    /// <summary>The highest role that is held anywhere; empty where none is. For audit rows, not for decisions.</summary>
    public string HighestRole { get; }

    /// <summary>What is allowed on at least one thing, as far as that can be said without knowing the thing.</summary>
    public PermissionSet AllowedSomewhere { get; }

    /// <summary>Whether a binding gives a role on everything and none denies anything there.</summary>
    public bool OwnsEverything => PermissionSet.Of(PermissionSet.All).Except(_everything.Allowed).IsEmpty && _everything.Denied.IsEmpty;

    /// <summary>Puts bindings together.</summary>
    /// <param name="bindings">Of one principal.</param>
    /// <param name="narrowedTo">The key's permissions; null where it narrows nothing.</param>
    public static Grants Of(IEnumerable<RoleBinding> bindings, IReadOnlySet<Permission>? narrowedTo) =>
        new(bindings, PermissionSet.Of(narrowedTo ?? PermissionSet.All));

    /// <summary>Whether it is allowed on everything there is, now and later.</summary>
    /// <param name="permission">What is asked for.</param>
    public bool AllowsEverywhere(Permission permission) => _everything.Allowed.Has(permission) && !_deniedSomewhere.Has(permission);

    /// <summary>Whether it is allowed on one thing.</summary>
    /// <param name="permission">What is asked for.</param>
    /// <param name="resource">On what.</param>
    public bool Allows(Permission permission, Resource resource)
    {
        var project = SidesOf(ScopeKind.Project, resource.ProjectId);
        var wallet = SidesOf(ScopeKind.Wallet, resource.WalletId);
        return _everything.Allowed.Or(project.Allowed).Or(wallet.Allowed).Has(permission)
            && !_everything.Denied.Or(project.Denied).Or(wallet.Denied).Has(permission);
    }

    /// <summary>Whether it is allowed on all that a scope holds: a denial on a part of a project denies the whole.</summary>
    /// <param name="permission">What is asked for.</param>
    /// <param name="scope">On what.</param>
    /// <param name="projectId">Of the scope's wallet, where it is one that exists.</param>
    public bool Allows(Permission permission, AccessScope scope, string? projectId) => scope.Kind switch
    {
        ScopeKind.Everything => AllowsEverywhere(permission),
        ScopeKind.Project => Allows(permission, new Resource(null, scope.Id)) && !_deniedSomewhere.Has(permission),
        ScopeKind.Wallet => Allows(permission, new Resource(scope.Id, projectId)),
        _ => false,
    };

    private static PermissionSet Union(IEnumerable<RoleBinding> bindings, Effect effect) => bindings
        .Where(binding => binding.Effect == effect)
        .Aggregate(default(PermissionSet), static (all, binding) => all.Or(Roles.PermissionsOf(binding.Role)));

    private Sides SidesOf(ScopeKind kind, string? id) => id is null ? default : _scopes.GetValueOrDefault(new AccessScope(kind, id));

    private readonly record struct Sides(PermissionSet Allowed, PermissionSet Denied);
}
