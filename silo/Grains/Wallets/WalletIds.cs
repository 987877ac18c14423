using System.Text.RegularExpressions;
using Cluster.Silo.Hosting;
using Cluster.V1;

namespace Cluster.Silo.Grains.Wallets;

/// <summary>What clients may call their wallets. Ids with a slash are the cluster's own.</summary>
internal static partial class WalletIds
{
    private const int MaxLabel = 200;

    /// <summary>Refuses a request whose wallet could not be made whatever the state of the cluster.</summary>
    /// <param name="request">From the caller.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: which field is wrong, and why.</exception>
    public static void Check(CreateWalletRequest request)
    {
        if (!Allowed().IsMatch(request.WalletId))
        {
            throw Invalid($"wallet_id {request.WalletId} is none: 1 to 64 of a-z, 0-9, dot, hyphen and underscore, beginning with a letter or digit");
        }

        if (request.Kind is not (WalletKind.Project or WalletKind.User or WalletKind.Treasury))
        {
            throw Invalid($"kind is {request.Kind}; it must be PROJECT, USER or TREASURY");
        }

        if (request.Label.Length > MaxLabel || request.Label.Contains('\0', StringComparison.Ordinal))
        {
            throw Invalid($"label has {request.Label.Length} characters; at most {MaxLabel} are allowed, and no zero character");
        }
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Allowed();

    private static ClusterException Invalid(string why) => new(StatusCode.InvalidArgument, why + ".");
}
