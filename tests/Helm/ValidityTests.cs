using Xunit;

namespace Cluster.Tests.Helm;

/// <summary>Every file of values that comes with the chart, by Helm's own checks and by what Kubernetes knows.</summary>
public sealed class ValidityTests
{
    public static TheoryData<string> Examples => Chart.Examples;

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Helm_finds_nothing_to_complain_about(string example) =>
        Assert.Contains("1 chart(s) linted, 0 chart(s) failed", (await HelmProgram.RunAsync("lint", "--strict", Chart.Folder, "--values", Chart.FileOf(example))).Demanded());

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Every_object_has_the_fields_and_types_that_its_kind_defines(string example)
    {
        var chart = await Chart.RenderAsync(example);

        Assert.NotEmpty(chart.Objects);
        Assert.Empty(chart.Problems);
    }

    [Fact]
    public async Task The_check_knows_a_wrong_type_an_unknown_field_and_an_unknown_kind()
    {
        var chart = await RenderedChart.ReadAsync(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: { name: wrong }
            spec:
              replicas: three
              minReadySecnds: 3
              selector: { matchLabels: { app: wrong } }
              template: { metadata: { labels: { app: wrong } }, spec: { containers: [{ name: wrong, lifecycle: { preStop: { sleeep: { seconds: 1 } } } }] } }
            ---
            apiVersion: policy/v1beta1
            kind: DisruptionBudget
            metadata: { name: none }
            """);

        Assert.Contains(chart.Problems, problem => problem.Contains("replicas must be", StringComparison.Ordinal));
        Assert.Contains("Deployment wrong: /spec/minReadySecnds is no field", chart.Problems);
        Assert.Contains("Deployment wrong: /spec/template/spec/containers/0/lifecycle/preStop/sleeep is no field", chart.Problems);
        Assert.Contains("DisruptionBudget none: there is no DisruptionBudget in policy/v1beta1", chart.Problems);
        Assert.Equal(4, chart.Problems.Count);
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Names_are_unique_and_in_the_release_s_namespace(string example)
    {
        var chart = await Chart.RenderAsync(example);

        Assert.Distinct(chart.Objects.Select(item => $"{item.Text("kind")} {item.Text("metadata", "name")}"));
        Assert.All(chart.Objects, item => Assert.Equal(Chart.Namespace, item.Text("metadata", "namespace")));
        Assert.All(chart.Objects, item => Assert.Equal(Chart.Release, item.Text("metadata", "labels", "app.kubernetes.io/instance")));
    }

    [Fact]
    public async Task Long_names_are_cut_to_what_kubernetes_takes()
    {
        var name = new string('x', 53);
        var manifests = await HelmProgram.RunAsync("template", name, Chart.Folder, "--values", Chart.FileOf("production"));
        var chart = await RenderedChart.ReadAsync(manifests.Demanded());

        Assert.Empty(chart.Problems);
        Assert.All(chart.Objects, item => Assert.InRange(item.Text("metadata", "name").Length, 1, 63));
    }

    [Fact]
    public async Task The_notes_count_the_connections_that_the_database_must_bear()
    {
        var install = await HelmProgram.RunAsync("install", Chart.Release, Chart.Folder, "--dry-run=client", "--values", Chart.FileOf("autoscaled"));

        // 12 work silos of 16, 2 signer silos of 16, 2 gateways of 16.
        Assert.Contains("hold up to 256 connections", install.Demanded());
    }
}
