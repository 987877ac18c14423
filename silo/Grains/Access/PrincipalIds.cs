using System.Text.RegularExpressions;
using Cluster.Silo.Hosting;

namespace Cluster.Silo.Grains.Access;

/// <summary>What principals and limits may be called.</summary>
internal static partial class PrincipalIds
{
    public const int MaxName = 200;

    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: which is wrong, and why.</exception>
    public static void Require(string id, string name, string field = "principal_id")
    {
        if (!Allowed().IsMatch(id))
        {
            throw new ClusterException(
                StatusCode.InvalidArgument,
                $"{field} is none: 1 to 64 of a-z, 0-9, dot, hyphen and underscore, beginning with a letter or digit.");
        }

        RequireName(name);
    }

    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: it is too long, or cannot be stored.</exception>
    public static void RequireName(string name)
    {
        if (name.Length > MaxName || name.Contains('\0', StringComparison.Ordinal))
        {
            throw new ClusterException(
                StatusCode.InvalidArgument, $"name has {name.Length} characters; at most {MaxName} are allowed, and no zero character.");
        }
    }

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]{0,63}\z", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Allowed();
}
