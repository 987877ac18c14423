using System.Text.RegularExpressions;
using Cluster.Silo.Hosting;
using Cluster.V1;

namespace Cluster.Silo.Grains.Wallets;

/// <summary>What clients may call their wallets. Ids with a slash are the cluster's own.</summary>
internal static partial class WalletIds
{
    private const int MaxLabel = 200;

    /// <summary>Kinds of wallets whose key is made here.</summary>
    public static IReadOnlyList<WalletKind> Made { get; } = [WalletKind.Project, WalletKind.User, WalletKind.Treasury];

    /// <summary>Kinds of wallets whose key is derived from another's.</summary>
    public static IReadOnlyList<WalletKind> Derived { get; } = [.. Made, WalletKind.Hot];

    /// <summary>Kinds of wallets whose key was made elsewhere.</summary>
    public static IReadOnlyList<WalletKind> Imported { get; } = [.. Derived, WalletKind.Imported];

    /// <summary>Kinds of wallets whose key is elsewhere.</summary>
    public static IReadOnlyList<WalletKind> Elsewhere { get; } = [WalletKind.WatchOnly, WalletKind.Cold];

    /// <summary>Refuses a request whose wallet could not be made whatever the state of the cluster.</summary>
    /// <param name="walletId">From the caller.</param>
    /// <param name="kind">From the caller.</param>
    /// <param name="label">From the caller.</param>
    /// <param name="allowed">The kinds that can be made so.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: which field is wrong, and why.</exception>
    public static void Check(string walletId, WalletKind kind, string label, IReadOnlyList<WalletKind> allowed)
    {
        CheckId(walletId);
        if (!allowed.Contains(kind))
        {
            throw Invalid($"kind is {kind}; it must be {string.Join(", ", allowed.SkipLast(1)).ToUpperInvariant()} or {allowed[^1].ToString().ToUpperInvariant()}");
        }

        if (label.Length > MaxLabel || label.Contains('\0', StringComparison.Ordinal))
        {
            throw Invalid($"label has {label.Length} characters; at most {MaxLabel} are allowed, and no zero character");
        }
    }

    /// <summary>Refuses an id that no wallet of a client can have.</summary>
    /// <param name="walletId">From the caller.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: what it must look like.</exception>
    public static void CheckId(string walletId)
    {
        if (!Allowed().IsMatch(walletId))
        {
            throw Invalid($"wallet_id {walletId} is none: 1 to 64 of a-z, 0-9, dot, hyphen and underscore, beginning with a letter or digit");
        }
    }

    /// <summary>Refuses a reason that tells nothing, or too much.</summary>
    /// <param name="reason">From the caller.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: it must be given.</exception>
    public static void CheckReason(string reason)
    {
        if (string.IsNullOrWhiteSpace(reason) || reason.Length > MaxLabel || reason.Contains('\0', StringComparison.Ordinal))
        {
            throw Invalid($"reason has {reason.Length} characters; say why in 1 to {MaxLabel}, without a zero character");
        }
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Allowed();

    private static ClusterException Invalid(string why) => new(StatusCode.InvalidArgument, why + ".");
}
