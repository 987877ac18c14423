using System.Text.Json.Nodes;

namespace Cluster.Tests.Helm;

/// <summary>Short ways into manifests.</summary>
internal static class Json
{
    /// <summary>What stands at a path.</summary>
    public static JsonNode At(this JsonNode node, params string[] path) => path.Aggregate(
        node,
        (current, name) => current[name] ?? throw new InvalidOperationException($"there is no {string.Join('/', path)} in {node.ToJsonString()}"));

    public static string Text(this JsonNode node, params string[] path) => node.At(path).ToString();

    public static int Number(this JsonNode node, params string[] path) => node.At(path).GetValue<int>();

    /// <summary>A map of texts; empty where there is none.</summary>
    public static IReadOnlyDictionary<string, string> Texts(this JsonNode? map) =>
        map?.AsObject().ToDictionary(entry => entry.Key, entry => entry.Value!.ToString()) ?? [];

    /// <summary>The items of a list; none where there is none.</summary>
    public static IEnumerable<JsonNode> Items(this JsonNode? list) => list?.AsArray().Select(item => item!) ?? [];

    /// <summary>Every property with its path, at any depth.</summary>
    public static IEnumerable<(string Path, string Name, JsonNode? Value)> Everything(this JsonNode? node, string path = "") => node switch
    {
        JsonObject map => map.SelectMany(entry => entry.Value.Everything($"{path}/{entry.Key}").Prepend(($"{path}/{entry.Key}", entry.Key, entry.Value))),
        JsonArray list => list.SelectMany((item, i) => item.Everything($"{path}/{i}")),
        _ => [],
    };
}
