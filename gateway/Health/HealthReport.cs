using System.Text.Json.Serialization;

namespace Cluster.Gateway.Health;

/// <summary>Whether the process can serve, part by part.</summary>
/// <param name="Status"><c>ready</c> or <c>not ready</c>.</param>
/// <param name="Parts">What readiness depends on.</param>
internal sealed record HealthReport(string Status, IReadOnlyDictionary<string, PartReport> Parts)
{
    /// <summary>Whether nothing is missing.</summary>
    [JsonIgnore]
    public bool IsReady => Parts.Values.All(part => part.Reason is null);
}

/// <summary>One part.</summary>
/// <param name="Status"><c>ok</c> or <c>failing</c>.</param>
/// <param name="Reason">What is wrong; absent where nothing is.</param>
internal sealed record PartReport(string Status, string? Reason);
