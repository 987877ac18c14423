using Cluster.V1;

namespace Cluster.Silo.Storage.Access;

/// <summary>On what a role is bound.</summary>
/// <param name="Kind">Everything, a project or a wallet.</param>
/// <param name="Id">The wallet's id, or that of the project's topmost wallet; empty for everything.</param>
public readonly record struct AccessScope(ScopeKind Kind, string Id)
{
    /// <summary>All there is.</summary>
    public static AccessScope Everything { get; } = new(ScopeKind.Everything, "");

    /// <summary>For people.</summary>
    public override string ToString() => Kind == ScopeKind.Everything ? "everything" : $"{AccessText.Of(Kind)} {Id}";
}
