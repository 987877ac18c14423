using Xunit;

namespace Cluster.Tests.Helm;

/// <summary>Who reaches whom.</summary>
public sealed class NetworkPolicyTests
{
    private const int Silo = 11_111;
    private const int Orleans = 30_000;
    private const int Health = 8_080;
    private const int Grpc = 5_000;

    private static readonly Place SolanaNode = Place.At("203.0.113.7");
    private static readonly Place Database = Place.At("10.20.0.5");
    private static readonly Place Vault = Place.At("10.20.1.4");
    private static readonly Place Dns = Place.In("kube-system", ("k8s-app", "kube-dns"));
    private static readonly Place Prometheus = Place.In("monitoring", ("app", "prometheus"));
    private static readonly Place Caller = Place.In("payments", ("app", "shop"));
    private static readonly Place ForeignCaller = Place.In("marketing", ("app", "shop"));

    [Fact]
    public async Task Signers_take_calls_from_the_cluster_s_own_pods_on_the_cluster_s_own_ports()
    {
        var (chart, network) = await Production();
        var signer = Place.Of(chart.Component("signer"));

        Assert.True(network.Allows(Place.Of(chart.Component("work")), signer, Silo));
        Assert.True(network.Allows(signer, signer, Silo));
        Assert.True(network.Allows(Place.Of(chart.Component("gateway")), signer, Orleans));
        Assert.False(network.LetsIn(Place.Of(chart.Component("gateway")), signer, Silo));
        Assert.False(network.LetsIn(Place.Of(chart.Component("work")), signer, Orleans));
        Assert.False(network.LetsIn(Place.Of(chart.Component("work")), signer, Health));
        foreach (var other in new[] { Place.Stranger, Caller, Prometheus, Place.Of(chart.Component("migrations")), Place.At("10.0.0.1") })
        {
            Assert.False(network.LetsIn(other, signer, Silo));
            Assert.False(network.LetsIn(other, signer, Orleans));
        }
    }

    [Fact]
    public async Task Work_silos_take_calls_from_silos_and_gateways()
    {
        var (chart, network) = await Production();
        var work = Place.Of(chart.Component("work"));

        Assert.True(network.Allows(work, work, Silo));
        Assert.True(network.Allows(Place.Of(chart.Component("signer")), work, Silo));
        Assert.True(network.Allows(Place.Of(chart.Component("gateway")), work, Orleans));
        Assert.False(network.LetsIn(Place.Of(chart.Component("gateway")), work, Silo));
        Assert.False(network.LetsIn(Place.Stranger, work, Silo));
        Assert.False(network.LetsIn(Caller, work, Orleans));
    }

    [Fact]
    public async Task Gateways_take_calls_from_those_who_are_named_on_their_two_ports()
    {
        var (chart, network) = await Production();
        var gateway = Place.Of(chart.Component("gateway"));

        Assert.True(network.Allows(Caller, gateway, Grpc));
        Assert.True(network.Allows(Caller, gateway, Health));
        Assert.True(network.Allows(Place.At("10.1.2.3"), gateway, Grpc));
        Assert.False(network.Allows(ForeignCaller, gateway, Grpc));
        Assert.False(network.Allows(Place.At("198.51.100.1"), gateway, Grpc));
        Assert.False(network.Allows(Caller, gateway, 22));
    }

    [Fact]
    public async Task Gateways_take_calls_from_everybody_where_nobody_is_named()
    {
        var chart = await Chart.RenderAsync("minimal");
        var network = new PolicyNetwork(chart);

        Assert.True(network.Allows(ForeignCaller, Place.Of(chart.Component("gateway")), Grpc));
        Assert.False(network.Allows(ForeignCaller, Place.Of(chart.Component("signer")), Silo));
    }

    [Fact]
    public async Task Everybody_reaches_names_and_the_database()
    {
        var (chart, network) = await Production();

        Assert.All(chart.Pods, pod =>
        {
            Assert.True(network.Allows(Place.Of(pod), Dns, 53, "UDP"));
            Assert.True(network.Allows(Place.Of(pod), Dns, 53));
            Assert.True(network.Allows(Place.Of(pod), Database, 6_432));
            Assert.False(network.Allows(Place.Of(pod), SolanaNode, 6_432));
            Assert.False(network.Allows(Place.Of(pod), SolanaNode, 53, "UDP"));
        });
    }

    [Fact]
    public async Task Only_those_who_use_the_chain_reach_it_and_only_those_who_sign_the_vault()
    {
        var (chart, network) = await Production();

        Assert.All(chart.Pods, pod =>
        {
            Assert.Equal(pod.Component is "work" or "gateway", network.Allows(Place.Of(pod), SolanaNode, 443));
            Assert.Equal(pod.Component is "signer", network.Allows(Place.Of(pod), Vault, 443));
            Assert.False(network.Allows(Place.Of(pod), Place.At("169.254.169.254"), 80));
            Assert.False(network.Allows(Place.Of(pod), Place.At("169.254.169.254"), 443));
        });
    }

    [Fact]
    public async Task Without_the_vault_s_identity_signers_reach_nothing_beyond_the_database()
    {
        var chart = await Chart.RenderAsync("minimal");

        Assert.False(new PolicyNetwork(chart).Allows(Place.Of(chart.Component("signer")), Place.At("203.0.113.1"), 443));
        Assert.True(new PolicyNetwork(chart).Allows(Place.Of(chart.Component("work")), Place.At("203.0.113.1"), 443));
        Assert.False(new PolicyNetwork(chart).Allows(Place.Of(chart.Component("work")), Place.At("169.254.169.254"), 443));
    }

    [Fact]
    public async Task Silos_that_sign_and_work_reach_the_vault_and_each_other()
    {
        var chart = await Chart.RenderAsync("shared-silos");
        var network = new PolicyNetwork(chart);
        var work = Place.Of(chart.Component("work"));

        Assert.True(network.Allows(work, work, Silo));
        Assert.True(network.Allows(work, Place.At("20.190.128.1"), 443));
        Assert.True(network.Allows(Place.Of(chart.Component("gateway")), work, Orleans));
    }

    [Fact]
    public async Task Metrics_are_read_by_those_who_are_named_alone()
    {
        var (chart, network) = await Production();

        Assert.All(chart.Serving, pod =>
        {
            Assert.True(network.Allows(Prometheus, Place.Of(pod), Health));
            Assert.False(network.Allows(Place.Stranger, Place.Of(pod), Health));
        });
    }

    [Fact]
    public async Task The_job_that_migrates_is_reached_by_nobody_and_has_its_policy_before_it_runs()
    {
        var (chart, network) = await Production();
        var job = chart.Component("migrations");
        var policy = Assert.Single(chart.OfKind("NetworkPolicy"), item => item["metadata"]!["annotations"].Texts().ContainsKey("helm.sh/hook"));

        Assert.All(new[] { Grpc, Health, Silo, Orleans }, port => Assert.False(network.Allows(Place.Of(chart.Component("work")), Place.Of(job), port)));
        Assert.True(job.IsSelectedBy(policy.At("spec", "podSelector")));
        Assert.True(
            int.Parse(policy.Text("metadata", "annotations", "helm.sh/hook-weight"))
            < int.Parse(job.Workload.Text("metadata", "annotations", "helm.sh/hook-weight")));
    }

    [Fact]
    public async Task Policies_name_ports_that_the_containers_have()
    {
        var (chart, _) = await Production();

        Assert.All(chart.Serving, pod =>
        {
            var ports = pod.Container["ports"].Items().Select(port => port.Number("containerPort")).ToHashSet();
            var opened = chart.OfKind("NetworkPolicy")
                .Where(policy => pod.IsSelectedBy(policy.At("spec", "podSelector")))
                .SelectMany(policy => policy["spec"]!["ingress"].Items())
                .SelectMany(rule => rule["ports"].Items())
                .Select(port => port.Number("port"));
            Assert.Subset(ports, opened.ToHashSet());
        });
    }

    private static async Task<(RenderedChart Chart, PolicyNetwork Network)> Production()
    {
        var chart = await Chart.RenderAsync("production");
        return (chart, new PolicyNetwork(chart));
    }
}
