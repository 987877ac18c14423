using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Access;
using Cluster.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cluster.Silo.Grains.Access;

/// <summary>Rows as the contracts tell them, and the other way.</summary>
internal static class AccessMessages
{
    private const int MaxScopeId = 128;

    public static Principal Of(PrincipalRecord principal, IEnumerable<RoleBinding> bindings)
    {
        var message = new Principal
        {
            PrincipalId = principal.PrincipalId,
            Name = principal.Name,
            CreateTime = principal.CreatedAt.ToTimestamp(),
        };
        message.Bindings.AddRange(bindings.OrderBy(binding => (binding.Scope.Kind, binding.Scope.Id, binding.Role, binding.Effect)).Select(Of));
        return message;
    }

    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: no such role.</exception>
    public static Role RoleOf(Role role) => Roles.All.Contains(role)
        ? role
        : throw Invalid($"role is {(int)role}; it must be VIEWER, OPERATOR, ADMIN or OWNER");

    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: no such effect.</exception>
    public static Effect EffectOf(Effect effect) => effect switch
    {
        Effect.Unspecified => Effect.Allow,
        Effect.Allow or Effect.Deny => effect,
        _ => throw Invalid($"effect is {(int)effect}; it must be ALLOW or DENY"),
    };

    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: no scope.</exception>
    public static AccessScope ScopeOf(Scope? scope) => scope switch
    {
        { Kind: ScopeKind.Everything, Id: "" } => AccessScope.Everything,
        { Kind: ScopeKind.Everything } => throw Invalid("scope.id must be empty where scope.kind is SCOPE_KIND_EVERYTHING"),
        { Kind: ScopeKind.Project or ScopeKind.Wallet, Id.Length: > 0 and <= MaxScopeId } when !scope.Id.Contains('\0', StringComparison.Ordinal) =>
            new AccessScope(scope.Kind, scope.Id),
        _ => throw Invalid("scope is none: name its kind, and the id of a wallet unless it is everything"),
    };

    public static ClusterException Invalid(string why) => new(StatusCode.InvalidArgument, why + ".");

    private static Binding Of(RoleBinding binding) => new()
    {
        Role = binding.Role,
        Scope = new Scope { Kind = binding.Scope.Kind, Id = binding.Scope.Id },
        Effect = binding.Effect,
        GrantedBy = binding.GrantedBy,
        GrantTime = binding.GrantedAt.ToTimestamp(),
    };
}
