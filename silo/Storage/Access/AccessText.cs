using Cluster.V1;

namespace Cluster.Silo.Storage.Access;

/// <summary>How the rows write what the contracts enumerate.</summary>
internal static class AccessText
{
    public static string Of(Role role) => role switch
    {
        Role.Viewer => "viewer",
        Role.Operator => "operator",
        Role.Admin => "admin",
        Role.Owner => "owner",
        _ => throw new ArgumentOutOfRangeException(nameof(role), role, "no such role"),
    };

    public static Role ParseRole(string text) => text switch
    {
        "viewer" => Role.Viewer,
        "operator" => Role.Operator,
        "admin" => Role.Admin,
        "owner" => Role.Owner,
        _ => throw new FormatException($"role_bindings.role holds {text}"),
    };

    public static string Of(ScopeKind kind) => kind switch
    {
        ScopeKind.Everything => "everything",
        ScopeKind.Project => "project",
        ScopeKind.Wallet => "wallet",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such kind of scope"),
    };

    public static ScopeKind ParseScopeKind(string text) => text switch
    {
        "everything" => ScopeKind.Everything,
        "project" => ScopeKind.Project,
        "wallet" => ScopeKind.Wallet,
        _ => throw new FormatException($"a scope_kind holds {text}"),
    };

    public static string Of(Effect effect) => effect switch
    {
        Effect.Allow => "allow",
        Effect.Deny => "deny",
        _ => throw new ArgumentOutOfRangeException(nameof(effect), effect, "no such effect"),
    };

    public static Effect ParseEffect(string text) => text switch
    {
        "allow" => Effect.Allow,
        "deny" => Effect.Deny,
        _ => throw new FormatException($"role_bindings.effect holds {text}"),
    };
}
