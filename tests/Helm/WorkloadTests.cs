using System.Diagnostics.Metrics;
using System.Text.Json.Nodes;
using Cluster.Gateway.Configuration;
using Cluster.Gateway.Metrics;
using Cluster.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cluster.Tests.Helm;

/// <summary>How pods run, end and come back.</summary>
public sealed class WorkloadTests
{
    public static TheoryData<string> Examples => Chart.Examples;

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Pods_run_with_no_more_rights_than_they_need(string example)
    {
        var chart = await Chart.RenderAsync(example);

        Assert.All(chart.Pods, pod =>
        {
            Assert.True(pod.Spec.At("securityContext", "runAsNonRoot").GetValue<bool>());
            Assert.NotEqual(0, pod.Spec.Number("securityContext", "runAsUser"));
            Assert.Equal("RuntimeDefault", pod.Spec.Text("securityContext", "seccompProfile", "type"));
            Assert.False(pod.Container.At("securityContext", "allowPrivilegeEscalation").GetValue<bool>());
            Assert.True(pod.Container.At("securityContext", "readOnlyRootFilesystem").GetValue<bool>());
            Assert.Equal("[\"ALL\"]", pod.Container.At("securityContext", "capabilities", "drop").ToJsonString());
            Assert.Null(pod.Container["securityContext"]!["privileged"]);
            Assert.DoesNotContain(pod.Spec.Everything(), field => field.Name is "hostPath" or "hostNetwork" or "hostPID" or "hostIPC" or "hostPort");
        });
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task No_pod_has_a_token_of_the_api_and_every_serving_one_an_account_of_its_own(string example)
    {
        var chart = await Chart.RenderAsync(example);
        var accounts = chart.OfKind("ServiceAccount").ToDictionary(account => account.Text("metadata", "name"));

        Assert.All(chart.Pods, pod => Assert.False(pod.Spec.At("automountServiceAccountToken").GetValue<bool>()));
        Assert.All(accounts.Values, account => Assert.False(account.At("automountServiceAccountToken").GetValue<bool>()));
        Assert.Equal(accounts.Keys.Order(), chart.Serving.Select(pod => pod.Spec.Text("serviceAccountName")).Order());
        Assert.Empty(chart.OfKind("Role").Concat(chart.OfKind("ClusterRole")).Concat(chart.OfKind("RoleBinding")));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Every_container_says_what_it_needs_and_how_much_memory_it_may_take(string example)
    {
        var chart = await Chart.RenderAsync(example);

        Assert.All(chart.Pods, pod =>
        {
            Assert.NotEmpty(pod.Container.Text("resources", "requests", "cpu"));
            Assert.Equal(pod.Container.Text("resources", "requests", "memory"), pod.Container.Text("resources", "limits", "memory"));
        });
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Every_serving_pod_is_asked_whether_it_lives_and_whether_it_is_ready(string example)
    {
        var chart = await Chart.RenderAsync(example);

        Assert.All(chart.Serving, pod =>
        {
            var scheme = pod.Component == "gateway" ? "HTTPS" : "HTTP";
            foreach (var (probe, path) in new[] { ("startupProbe", "/health/live"), ("livenessProbe", "/health/live"), ("readinessProbe", "/health/ready") })
            {
                Assert.Equal(path, pod.Container.Text(probe, "httpGet", "path"));
                Assert.Equal(scheme, pod.Container.Text(probe, "httpGet", "scheme"));
                Assert.Contains(pod.Container["ports"].Items(), port => port.Text("name") == pod.Container.Text(probe, "httpGet", "port"));
            }

            // A process waits up to five minutes for another that migrates.
            Assert.True(pod.Container.Number("startupProbe", "periodSeconds") * pod.Container.Number("startupProbe", "failureThreshold") > 300 + 60);
        });
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Every_kind_of_pod_has_a_disruption_budget_that_selects_it_and_nothing_else(string example)
    {
        var chart = await Chart.RenderAsync(example);
        var budgets = chart.OfKind("PodDisruptionBudget").ToList();

        Assert.Equal(chart.Serving.Count(), budgets.Count);
        Assert.All(chart.Serving, pod => Assert.Single(budgets, budget => pod.IsSelectedBy(budget.At("spec", "selector"))));
        Assert.All(budgets, budget => Assert.Single(chart.Pods, pod => pod.IsSelectedBy(budget.At("spec", "selector"))));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Deployments_select_their_own_pods_and_nobody_else_s(string example)
    {
        var chart = await Chart.RenderAsync(example);

        Assert.All(chart.OfKind("Deployment"), deployment =>
            Assert.Same(deployment, Assert.Single(chart.Pods, pod => pod.IsSelectedBy(deployment.At("spec", "selector"))).Workload));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task A_pod_has_longer_to_end_than_its_process_may_take(string example)
    {
        var chart = await Chart.RenderAsync(example);
        var processSeconds = new ClusterOptions().ShutdownSeconds;

        Assert.All(chart.Serving, pod =>
        {
            var drain = pod.Container["lifecycle"]?["preStop"]?["sleep"]?["seconds"]?.GetValue<int>() ?? 0;
            Assert.True(pod.Spec.Number("terminationGracePeriodSeconds") > drain + processSeconds);
            Assert.Equal(pod.Component == "gateway", drain > 0);
        });
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task A_new_version_replaces_silos_one_by_one_and_gateways_without_a_gap(string example)
    {
        var chart = await Chart.RenderAsync(example);

        Assert.All(chart.OfKind("Deployment"), deployment =>
        {
            var isGateway = new PodTemplate(deployment).Component == "gateway";
            Assert.Equal(isGateway ? 0 : 1, deployment.Number("spec", "strategy", "rollingUpdate", "maxUnavailable"));
            Assert.Equal(isGateway ? 1 : 0, deployment.Number("spec", "strategy", "rollingUpdate", "maxSurge"));
            Assert.True(isGateway || deployment.Number("spec", "minReadySeconds") >= 30);
        });
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Pods_of_a_kind_keep_apart_by_machine_and_by_zone(string example)
    {
        var chart = await Chart.RenderAsync(example);

        Assert.All(chart.Serving, pod =>
        {
            var spread = pod.Spec["topologySpreadConstraints"].Items().ToList();
            Assert.Equal(["kubernetes.io/hostname", "topology.kubernetes.io/zone"], spread.Select(item => item.Text("topologyKey")));
            Assert.All(spread, item => Assert.Same(pod, Assert.Single(chart.Serving.Select(other => other.Name == pod.Name ? pod : other), other => other.IsSelectedBy(item["labelSelector"]))));
        });
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Services_lead_to_the_gateways_alone_and_to_ports_that_they_have(string example)
    {
        var chart = await Chart.RenderAsync(example);
        var gateway = chart.Component("gateway");
        var names = gateway.Container["ports"].Items().Select(port => port.Text("name")).ToList();

        Assert.NotEmpty(chart.OfKind("Service"));
        Assert.All(chart.OfKind("Service"), service =>
        {
            var selector = new JsonObject { ["matchLabels"] = service.At("spec", "selector").DeepClone() };
            Assert.Equal(gateway.Name, Assert.Single(chart.Pods, pod => pod.IsSelectedBy(selector)).Name);
            Assert.All(service["spec"]!["ports"].Items(), port => Assert.Contains(port.Text("targetPort"), names));
        });
    }

    [Fact]
    public async Task The_database_is_migrated_before_any_pod_of_a_new_version_starts()
    {
        var job = (await Chart.RenderAsync("minimal")).Component("migrations");

        Assert.Equal("pre-install,pre-upgrade", job.Workload.Text("metadata", "annotations", "helm.sh/hook"));
        Assert.Equal("[\"migrate\"]", job.Container["args"]!.ToJsonString());
        Assert.Equal((await Chart.RenderAsync("minimal")).Component("work").Container.Text("image"), job.Container.Text("image"));
        Assert.Equal("Never", job.Spec.Text("restartPolicy"));
    }

    [Fact]
    public async Task The_number_of_silos_follows_the_calls_that_wait_where_that_is_asked_for()
    {
        var chart = await Chart.RenderAsync("autoscaled");
        var scaler = Assert.Single(chart.OfKind("HorizontalPodAutoscaler"));
        var metric = Assert.Single(scaler["spec"]!["metrics"].Items());

        Assert.Equal(chart.Component("work").Name, scaler.Text("spec", "scaleTargetRef", "name"));
        Assert.Null(chart.Component("work").Workload["spec"]!["replicas"]);
        Assert.NotNull(chart.Component("signer").Workload["spec"]!["replicas"]);
        Assert.Equal("Pods", metric.Text("type"));
        Assert.Equal("100", metric.Text("pods", "target", "averageValue"));
        Assert.Empty((await Chart.RenderAsync("minimal")).OfKind("HorizontalPodAutoscaler"));
    }

    [Fact]
    public async Task The_autoscaler_asks_for_the_metric_by_the_name_that_processes_export()
    {
        var scaler = Assert.Single((await Chart.RenderAsync("autoscaled")).OfKind("HorizontalPodAutoscaler"));
        var asked = Assert.Single(scaler["spec"]!["metrics"].Items()).Text("pods", "metric", "name");

        using var services = new ServiceCollection().AddMetrics().AddSingleton<HostMetrics>().BuildServiceProvider();
        var exported = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, _) =>
            {
                if (instrument.Meter.Scope == services.GetRequiredService<IMeterFactory>() && instrument.Name == "cluster.calls.waiting")
                {
                    exported.Add(MeasuredInstruments.ExposureOf(instrument, InstrumentShape.Of(instrument)!.Value.Kind)!.Value.Name);
                }
            },
        };
        services.GetRequiredService<HostMetrics>();
        listener.Start();

        Assert.Equal([asked], exported);
    }
}
