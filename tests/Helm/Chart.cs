using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Helm;

/// <summary>The chart, and what it makes of the files of values that come with it.</summary>
internal static class Chart
{
    /// <summary>Of every release here.</summary>
    public const string Release = "airdrops";

    public const string Namespace = "payments";

    /// <summary>Where it is.</summary>
    public static readonly string Folder = RepositoryRoot.Combine("helm");

    /// <summary>The schema of its values.</summary>
    public static readonly JsonNode Schema = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "values.schema.json")))!;

    private static readonly ConcurrentDictionary<string, Task<RenderedChart>> Rendered = new();

    /// <summary>The names of the files.</summary>
    public static TheoryData<string> Examples =>
        [.. Directory.GetFiles(Path.Combine(Folder, "examples"), "*.yaml").Select(file => Path.GetFileNameWithoutExtension(file)).Order()];

    /// <summary>The file of an example.</summary>
    public static string FileOf(string example) => Path.Combine(Folder, "examples", $"{example}.yaml");

    /// <summary>The objects that an example gives.</summary>
    /// <param name="example">One of <see cref="Examples"/>.</param>
    /// <param name="values">Further values, <c>path=value</c>.</param>
    public static Task<RenderedChart> RenderAsync(string example, params string[] values) => Rendered.GetOrAdd(
        $"{example} {string.Join(' ', values)}",
        async _ => await RenderedChart.ReadAsync((await TryRenderAsync(example, values)).Demanded()));

    /// <summary>What Helm says to an example with further values.</summary>
    public static Task<ProgramOutput> TryRenderAsync(string example, params string[] values) => HelmProgram.RunAsync(
        ["template", Release, Folder, "--namespace", Namespace, "--values", FileOf(example), .. values.SelectMany(value => new[] { "--set", value })]);
}

/// <summary>The objects of one rendering.</summary>
internal sealed record RenderedChart(string Text, IReadOnlyList<JsonObject> Objects, IReadOnlyList<string> Problems)
{
    public static async Task<RenderedChart> ReadAsync(string text)
    {
        var answer = JsonNode.Parse((await HelmProgram.CheckAsync(text)).Demanded())!;
        return new RenderedChart(
            text,
            [.. answer["objects"]!.AsArray().Select(item => item!.AsObject())],
            [.. answer["problems"]!.AsArray().Select(item => item!.GetValue<string>())]);
    }

    /// <summary>The objects of a kind.</summary>
    public IEnumerable<JsonObject> OfKind(string kind) => Objects.Where(item => item.Text("kind") == kind);

    /// <summary>Whatever runs pods: Deployments, and the migrations' Job.</summary>
    public IReadOnlyList<PodTemplate> Pods =>
    [
        .. OfKind("Deployment").Concat(OfKind("StatefulSet")).Concat(OfKind("DaemonSet")).Concat(OfKind("Job"))
            .Select(workload => new PodTemplate(workload)),
    ];

    /// <summary>The pods that serve, as against the job.</summary>
    public IEnumerable<PodTemplate> Serving => Pods.Where(pod => pod.Workload.Text("kind") != "Job");

    /// <summary>The pods of a component, for example <c>signer</c>.</summary>
    public PodTemplate Component(string name) => Assert.Single(Pods, pod => pod.Component == name);
}

/// <summary>The pods of one workload.</summary>
internal sealed record PodTemplate(JsonObject Workload)
{
    public string Name => Workload.Text("metadata", "name");

    public JsonObject Spec => Workload.At("spec", "template", "spec").AsObject();

    public IReadOnlyDictionary<string, string> Labels => Workload.At("spec", "template", "metadata", "labels").Texts();

    public string Component => Labels["app.kubernetes.io/component"];

    public JsonObject Container => Assert.Single(Spec["containers"]!.AsArray())!.AsObject();

    /// <summary>Variables with their plain values; null where the value comes from elsewhere.</summary>
    public IReadOnlyDictionary<string, string?> Environment =>
        Container["env"].Items().ToDictionary(item => item.Text("name"), item => (string?)item["value"]);

    /// <summary>Variables from secrets, as <c>secret/key</c>.</summary>
    public IReadOnlyDictionary<string, string> Secrets => Container["env"].Items()
        .Where(item => item["valueFrom"]?["secretKeyRef"] is not null)
        .ToDictionary(item => item.Text("name"), item => $"{item.Text("valueFrom", "secretKeyRef", "name")}/{item.Text("valueFrom", "secretKeyRef", "key")}");

    /// <summary>Whether a selector's <c>matchLabels</c> and <c>matchExpressions</c> mean these pods.</summary>
    public bool IsSelectedBy(JsonNode? selector) => Selector.Matches(selector, Labels);

    public override string ToString() => Name;
}
