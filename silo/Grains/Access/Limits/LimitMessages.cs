using Cluster.Silo.Storage.Access;
using Cluster.Solana;
using Cluster.V1;
using Google.Protobuf.WellKnownTypes;

namespace Cluster.Silo.Grains.Access.Limits;

/// <summary>Limits as the contracts tell them, and the other way.</summary>
internal static class LimitMessages
{
    private const string AnyAsset = "*";
    private const int MaxScopeId = 128;
    private const long LongestWindow = 366 * 24 * 60 * 60;
    private const long LongestWait = 30 * 24 * 60 * 60;

    /// <summary>Reads a limit.</summary>
    /// <param name="request">From the caller.</param>
    /// <param name="setBy">The caller.</param>
    /// <param name="now">The moment.</param>
    /// <exception cref="Hosting.ClusterException">What is wrong with it.</exception>
    public static LimitRule Read(SetLimitRequest request, string setBy, DateTimeOffset now)
    {
        var limit = request.Limit ?? throw AccessMessages.Invalid("limit is missing");
        var (kind, id) = ScopeOf(limit.Scope);
        var rule = new LimitRule
        {
            RuleId = request.LimitId,
            ScopeKind = kind,
            ScopeId = id,
            Asset = AssetOf(limit.Asset),
            MaxAmount = Some(limit.MaxAmount),
            SecondFactorFrom = Some(limit.SecondFactorFrom),
            WindowSeconds = Seconds(limit.Window, "window", least: 1, LongestWindow),
            MaxCount = limit.MaxCount switch
            {
                0 => null,
                <= int.MaxValue => (int)limit.MaxCount,
                _ => throw AccessMessages.Invalid($"max_count is {limit.MaxCount}; at most {int.MaxValue} can be counted"),
            },
            MaxWindowAmount = Some(limit.MaxWindowAmount),
            WaitingSeconds = limit.OnlyListed ? Seconds(limit.WaitingTime, "waiting_time", least: 0, LongestWait) ?? 0 : null,
            SetBy = setBy,
            SetAt = now,
        };
        Check(rule);
        return rule;
    }

    public static Limit Of(LimitRule rule, IEnumerable<ListedDestination> destinations)
    {
        var message = new Limit
        {
            LimitId = rule.RuleId,
            Scope = new LimitScope { Kind = rule.ScopeKind, Id = rule.ScopeId },
            Asset = rule.Asset,
            MaxAmount = rule.MaxAmount ?? 0,
            SecondFactorFrom = rule.SecondFactorFrom ?? 0,
            Window = rule.WindowSeconds is { } window ? TimeSpan.FromSeconds(window).ToDuration() : null,
            MaxCount = (uint)(rule.MaxCount ?? 0),
            MaxWindowAmount = rule.MaxWindowAmount ?? 0,
            OnlyListed = rule.WaitingSeconds is not null,
            WaitingTime = rule.WaitingSeconds is { } waiting ? TimeSpan.FromSeconds(waiting).ToDuration() : null,
            SetBy = rule.SetBy,
            SetTime = rule.SetAt.ToTimestamp(),
        };
        message.Destinations.AddRange(destinations.Where(listed => listed.RuleId == rule.RuleId).Select(listed => new AllowedDestination
        {
            Address = listed.Address.ToString(),
            UsableTime = (listed.AddedAt + TimeSpan.FromSeconds(rule.WaitingSeconds ?? 0)).ToTimestamp(),
            AddedBy = listed.AddedBy,
        }));
        return message;
    }

    /// <exception cref="Hosting.ClusterException">Not an address.</exception>
    public static PublicKey AddressOf(string address) => PublicKey.TryParse(address, out var key, out var error)
        ? key
        : throw AccessMessages.Invalid($"address is none: {error}");

    private static void Check(LimitRule rule)
    {
        if (rule.WindowSeconds is null != (rule.MaxCount is null && rule.MaxWindowAmount is null))
        {
            throw AccessMessages.Invalid("window goes with max_count or max_window_amount, and they with it");
        }

        if (rule.Asset == AnyAsset && (rule.MaxAmount ?? rule.SecondFactorFrom ?? rule.MaxWindowAmount) is not null)
        {
            throw AccessMessages.Invalid("amounts of every asset (*) cannot be compared: limit max_count, or name the asset");
        }

        if ((rule.MaxAmount ?? rule.SecondFactorFrom) is null && (rule.WindowSeconds ?? rule.WaitingSeconds) is null)
        {
            throw AccessMessages.Invalid("the limit limits nothing: set an amount, a window or only_listed");
        }
    }

    private static (LimitScopeKind Kind, string Id) ScopeOf(LimitScope? scope) => scope switch
    {
        { Kind: LimitScopeKind.Everything, Id: "" } => (scope.Kind, ""),
        { Kind: LimitScopeKind.Project or LimitScopeKind.Wallet or LimitScopeKind.Principal, Id.Length: > 0 and <= MaxScopeId }
            when !scope.Id.Contains('\0', StringComparison.Ordinal) => (scope.Kind, scope.Id),
        _ => throw AccessMessages.Invalid("scope is none: name its kind, and the id of a wallet or principal unless it is everything"),
    };

    private static string AssetOf(string asset) => asset is LimitStore.Sol or AnyAsset || PublicKey.TryParse(asset, out _, out _)
        ? asset
        : throw AccessMessages.Invalid("asset must be SOL, a mint's address, or * for every asset");

    private static ulong? Some(ulong value) => value == 0 ? null : value;

    private static int? Seconds(Duration? duration, string field, long least, long most)
    {
        if (duration is null)
        {
            return null;
        }

        return duration.Nanos == 0 && duration.Seconds >= least && duration.Seconds <= most
            ? (int)duration.Seconds
            : throw AccessMessages.Invalid($"{field} is {duration.Seconds} seconds; it must be whole seconds from {least} to {most}");
    }
}
