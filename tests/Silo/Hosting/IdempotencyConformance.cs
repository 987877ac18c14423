using Cluster.Silo.Hosting;
using Cluster.Tests.Silo.Hosting.Contract;
using Xunit;

namespace Cluster.Tests.Silo.Hosting;

/// <summary>Money rule 4: nothing is done twice because a client retried.</summary>
public abstract class IdempotencyConformance(IConformanceHosts hosts) : HostConformance(hosts)
{
    [Fact]
    public async Task A_client_cannot_take_the_request_ids_that_lanes_use()
    {
        var host = await Start();
        var request = new AddToTotalRequest { ProbeId = "a", Amount = 1, RequestId = "lane:drop/0:tokens:1" };

        var error = await Refused(StatusCode.InvalidArgument, host.Grains.Call<Total>(request, NewCall()));
        await host.Grains.Call<Total>(request, Call.System("lane"));

        Assert.Contains("lane:", error.Message);
        Assert.Equal(1, await TotalOf(host, "a"));
    }

    [Fact]
    public async Task The_same_request_sent_a_hundred_times_at_once_is_done_once_and_answered_alike()
    {
        var host = await Start();
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => Add(host, "a", 7, "r-1"))));

        Assert.All(answers, answer => Assert.Equal(7, answer.Total_));
        Assert.Equal(7, await TotalOf(host, "a"));
    }

    [Fact]
    public async Task The_first_answer_is_given_again_even_after_a_kill_and_after_other_changes()
    {
        var first = await Start();
        await Add(first, "a", 7, "r-1");
        await Add(first, "a", 1, "r-2");
        await first.Kill();

        var second = await Start();
        Assert.Equal(7, (await Add(second, "a", 7, "r-1")).Total_);
        Assert.Equal(8, await TotalOf(second, "a"));
    }

    [Fact]
    public async Task The_same_id_with_another_request_is_refused()
    {
        var host = await Start();
        await Add(host, "a", 7, "r-1");

        var error = await Refused(StatusCode.AlreadyExists, Add(host, "a", 8, "r-1"));
        Assert.Contains("r-1", error.Message);
        Assert.Equal(7, await TotalOf(host, "a"));
    }

    [Fact]
    public async Task Request_ids_of_different_grains_have_nothing_to_do_with_each_other()
    {
        var host = await Start();
        await Add(host, "a", 7, "r-1");
        await Add(host, "b", 8, "r-1");
        Assert.Equal(7, await TotalOf(host, "a"));
        Assert.Equal(8, await TotalOf(host, "b"));
    }

    [Theory]
    [InlineData(0, 'r')]
    [InlineData(129, 'r')]
    [InlineData(5, '\0')]
    public async Task A_request_id_that_is_missing_too_long_or_cannot_be_stored_is_refused(int length, char letter)
    {
        var host = await Start();
        var error = await Refused(StatusCode.InvalidArgument, Add(host, "a", 7, new string(letter, length)));
        Assert.Contains("request_id", error.Message);
        Assert.Equal(0, await TotalOf(host, "a"));
    }

    [Fact]
    public async Task A_grain_sees_under_which_key_its_answer_is_recorded_only_where_the_rpc_changes_something()
    {
        var host = await Start();
        Stage.Script("key", (_, call) => Task.FromResult($"{call.Idempotency is null}"));
        Assert.Equal("True", (await Act(host, "a", "key")).Result);
        Assert.Equal("True", (await Look(host, "a", "key")).Result);
        await Add(host, "a", 1, "r-1");
        Assert.Equal(
            "probe/a/r-1/cluster.tests.hosting.Probes.AddToTotal",
            await Database.Scalar<string>("select concat_ws('/', grain_type, grain_key, request_id, method) from requests"));
    }
}
