using Cluster.Silo.Hosting;

namespace Cluster.Silo.Grains.Access.SecondFactors;

/// <summary>The refusal that asks for a code. Its beginning survives every transport, and tells clients to ask for one.</summary>
public static class SecondFactorChallenge
{
    /// <summary>The header in which the code comes, and by which an edge tells that one is needed.</summary>
    public const string Header = "x-second-factor";

    private const string Beginning = "a second factor is needed: ";

    /// <summary>The refusal.</summary>
    /// <param name="why">Follows the beginning.</param>
    public static ClusterException Of(string why) => new(StatusCode.Unauthenticated, Beginning + why);

    /// <summary>Whether an answer is such a refusal.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="message">Its message.</param>
    public static bool Is(StatusCode status, string message) =>
        status == StatusCode.Unauthenticated && message.StartsWith(Beginning, StringComparison.Ordinal);
}
