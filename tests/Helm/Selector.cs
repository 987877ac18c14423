using System.Text.Json.Nodes;

namespace Cluster.Tests.Helm;

/// <summary>Label selectors as Kubernetes reads them.</summary>
/// <remarks>https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors</remarks>
internal static class Selector
{
    /// <summary>Whether it means whoever bears these labels; an empty selector means everybody.</summary>
    public static bool Matches(JsonNode? selector, IReadOnlyDictionary<string, string> labels) =>
        selector?["matchLabels"].Texts().All(label => labels.TryGetValue(label.Key, out var value) && value == label.Value) != false
        && (selector?["matchExpressions"].Items() ?? []).All(expression => IsTrue(expression, labels));

    private static bool IsTrue(JsonNode expression, IReadOnlyDictionary<string, string> labels)
    {
        var value = labels.GetValueOrDefault(expression.Text("key"));
        var values = expression["values"].Items().Select(item => item.ToString()).ToList();
        return expression.Text("operator") switch
        {
            "In" => value is not null && values.Contains(value),
            "NotIn" => value is null || !values.Contains(value),
            "Exists" => value is not null,
            "DoesNotExist" => value is null,
            var unknown => throw new NotSupportedException($"operator {unknown}"),
        };
    }
}
