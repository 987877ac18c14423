using Cluster.OrleansHost.Calls;
using Cluster.OrleansHost.Shells;
using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Contracts;
using Cluster.Silo.Hosting.Turns;
using Cluster.Tests.Silo.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Xunit;
using GrainId = Cluster.Silo.Hosting.GrainId;

namespace Cluster.Tests.OrleansHost;

/// <summary>What the Orleans host does beyond what every host must.</summary>
public sealed class OrleansHostTests() : HostConformance(new OrleansHosts(1))
{
    [Fact]
    public async Task Without_a_silo_of_the_role_that_hosts_them_calls_say_which_one_to_start()
    {
        var cluster = await NewCluster(hostsProbes: false);

        var error = await Refused(StatusCode.Unavailable, TotalOf(cluster, "a"));

        Assert.Contains("No silo of role work is running: start one (Cluster:Orleans:Roles=work)", error.Message);
    }

    [Fact]
    public async Task Grains_are_active_only_on_silos_that_host_them()
    {
        var cluster = await NewCluster(hostsProbes: false);
        var worker = await cluster.AddSilo();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => TotalOf(cluster, $"{number}")));

        Assert.Equal(20, Turns(worker).Activations);
    }

    [Fact]
    public async Task Grains_spread_over_the_silos_and_each_is_active_on_one()
    {
        var cluster = await NewCluster();
        await cluster.AddSilo();
        await cluster.AddSilo();

        await Task.WhenAll(Enumerable.Range(0, 90).Select(number => Add(cluster, $"{number}", 1)));

        Assert.Equal(90, cluster.Silos.Sum(silo => Turns(silo).Activations));
        Assert.All(cluster.Silos, silo => Assert.NotEqual(0, Turns(silo).Activations));
    }

    [Fact]
    public async Task A_silo_that_stops_hands_its_grains_over_and_their_reminders_are_woken_elsewhere()
    {
        var cluster = await NewCluster();
        var leaving = await cluster.AddSilo();
        Stage.Script("set", (grain, call) => grain.Life.SetReminder("wake", TimeSpan.FromHours(1), TimeSpan.FromHours(1), call.Cancellation));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Act(cluster, $"{number}", "set")));
        Assert.NotEqual(0, Turns(leaving).Activations);

        // No alarm of either silo knows that they are due now.
        await Database.Execute("update reminders set next_try_at = '2025-12-31T00:00:00Z'");
        await leaving.Stop();

        await Eventually(() => Task.FromResult(Enumerable.Range(0, 20).All(number => Stage.Log.Contains($"{number} reminded of wake"))));
        Assert.Equal(20, Turns(cluster.Silos[0]).Activations);
    }

    [Fact]
    public async Task A_silo_that_dies_is_not_noticed_by_callers_whose_calls_may_be_made_again()
    {
        var cluster = await NewCluster();
        var dying = await cluster.AddSilo();
        await cluster.AddGateway();
        await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Add(cluster, $"{number}", 1)));
        Assert.NotEqual(0, Turns(dying).Activations);

        var death = dying.Kill();
        var totals = await Task.WhenAll(Enumerable.Range(0, 20).Select(number => Add(cluster, $"{number}", 1)));
        await death;

        Assert.All(totals, total => Assert.Equal(2, total.Total_));
    }

    [Fact]
    public async Task A_grain_that_is_collected_gives_its_place_on_the_silo_back()
    {
        var cluster = await NewCluster();
        Stage.Script("drop", (grain, _) =>
        {
            grain.Life.DeactivateAfterTurn();
            return Task.CompletedTask;
        });
        var shells = cluster.Silos[0].Services.GetRequiredService<LiveShells>();
        await Act(cluster, "a", "drop");

        await Eventually(() => Task.FromResult(!shells.TryFind(new GrainId("probe", "a"), out _)));
        Assert.Equal(0, await TotalOf(cluster, "a"));
        Assert.True(shells.TryFind(new GrainId("probe", "a"), out _));
    }

    [Fact]
    public async Task Reminders_of_a_time_before_Orleans_are_woken()
    {
        await Database.Execute(
            "insert into reminders (grain_type, grain_key, name, due_at, next_try_at, period) values ('probe', 'old', 'wake', '2025-12-31T00:00:00Z', '2025-12-31T00:00:00Z', '1 hour')");

        await NewCluster();

        await Stage.When("old reminded of wake");
        await Eventually(async () => await Database.Scalar<long>("select count(*) from orleans_reminders where grain_id = 'probe/old'") == 1);
    }

    [Theory]
    [InlineData(typeof(SiloUnavailableException), false, StatusCode.Unavailable, "the change may have been made. Make the call again, with the same request_id")]
    [InlineData(typeof(SiloUnavailableException), true, StatusCode.Unavailable, "make the call again")]
    [InlineData(typeof(OrleansException), false, StatusCode.Unavailable, "the change may have been made")]
    [InlineData(typeof(TimeoutException), false, StatusCode.Unavailable, "the change may have been made")]
    [InlineData(typeof(InvalidOperationException), false, StatusCode.Internal, "details are in the log under request id r-1")]
    public async Task What_Orleans_throws_is_told_as_what_the_caller_can_do(Type exception, bool readOnly, StatusCode status, string says)
    {
        var cluster = await NewCluster();
        var services = cluster.Silos[0].Services;
        var operation = services.GetRequiredService<Contract>().Operations.Single(operation => operation.Name == (readOnly ? "GetTotal" : "AddToTotal"));
        var error = (Exception)Activator.CreateInstance(exception, "a secret of the host")!;

        var told = services.GetRequiredService<LostCalls>().Explain(error, operation, new GrainId("probe", "a"), Call.System("test") with { RequestId = "r-1" });

        Assert.Equal(status, told.Status);
        Assert.Contains(says, told.Message);
        Assert.DoesNotContain("secret", told.Message);
    }

    [Fact]
    public void Every_grain_type_of_the_contracts_has_a_shell()
    {
        var types = Cluster.Silo.Hosting.Contracts.Contract.Read(Cluster.Silo.Hosting.Contracts.Contract.FilesOf(typeof(Cluster.V1.CallOptions).Assembly))
            .Operations.Select(operation => operation.GrainType).OfType<string>().Distinct().Order(StringComparer.Ordinal);
        var shells = typeof(GrainShell).Assembly.GetTypes().Select(ShellTypes.NameOf).OfType<string>().Order(StringComparer.Ordinal);

        Assert.Equal(types, shells);
    }

    private static TurnRuntime Turns(OrleansProcess process) => process.Services.GetRequiredService<TurnRuntime>();

    private async Task<OrleansClusterUnderTest> NewCluster(bool hostsProbes = true)
    {
        OrleansClusterUnderTest? cluster = null;
        await Start(settings => settings, async settings =>
        {
            cluster = new OrleansClusterUnderTest($"test-{Guid.NewGuid():n}", settings);
            await cluster.AddSilo(hostsProbes);
            return cluster;
        });
        return cluster!;
    }
}
