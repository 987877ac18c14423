using Cluster.Solana;
using Cluster.V1;

namespace Cluster.Silo.Storage.Access;

/// <summary>How much may be paid, how often, and to whom. What is null sets no limit.</summary>
public sealed record LimitRule
{
    /// <summary>Names the rule.</summary>
    public required string RuleId { get; init; }

    /// <summary>Whose payments it reaches.</summary>
    public required LimitScopeKind ScopeKind { get; init; }

    /// <summary>The wallet or principal; empty for everything.</summary>
    public required string ScopeId { get; init; }

    /// <summary>SOL, a mint's address, or * for every asset.</summary>
    public required string Asset { get; init; }

    /// <summary>Base units that one payment may have.</summary>
    public ulong? MaxAmount { get; init; }

    /// <summary>Base units from which on a payment takes a second factor.</summary>
    public ulong? SecondFactorFrom { get; init; }

    /// <summary>Over which payments are counted, in seconds.</summary>
    public int? WindowSeconds { get; init; }

    /// <summary>Payments in the window.</summary>
    public int? MaxCount { get; init; }

    /// <summary>Base units in the window.</summary>
    public ulong? MaxWindowAmount { get; init; }

    /// <summary>How long after having been listed a destination may be paid, in seconds; null where anybody may be.</summary>
    public int? WaitingSeconds { get; init; }

    /// <summary>The key that set it.</summary>
    public required string SetBy { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset SetAt { get; init; }
}

/// <summary>Who may be paid where a rule has a list.</summary>
/// <param name="RuleId">The rule.</param>
/// <param name="Address">The destination.</param>
/// <param name="AddedBy">The key that listed it.</param>
/// <param name="AddedAt">When.</param>
public sealed record ListedDestination(string RuleId, PublicKey Address, string AddedBy, DateTimeOffset AddedAt);
