using Cluster.Silo.Hosting;
using Cluster.Tests.Silo.Hosting.Contract;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Silo.Hosting;

/// <summary>PostgreSQL is killed under a running host and comes back.</summary>
public sealed class DatabaseLossTests
{
    [Fact]
    public async Task Calls_are_unavailable_while_the_database_is_away_and_go_on_from_what_was_committed_when_it_is_back()
    {
        await using var server = await PostgresServer.Start();
        await using var database = await server.CreateDatabase();
        await database.Execute(ProbeGrain.CreateTable);
        var (stage, clock) = (new Stage(), new FakeTimeProvider());
        var host = await new EmbeddedHosts().Start(new ConformanceSettings(stage, database, clock));
        Assert.Equal(5, (await Add(host, "r-1")).Total_);
        stage.Script("remind", (grain, call) => grain.Life.SetReminder("wake", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1), call.Cancellation));
        await host.Grains.Call<ActReply>(new ActRequest { ProbeId = "a", Script = "remind" }, Call.System("test"));

        await server.Kill();
        var error = await Assert.ThrowsAsync<ClusterException>(() => Add(host, "r-2"));
        Assert.Equal(StatusCode.Unavailable, error.Status);
        clock.Advance(TimeSpan.FromSeconds(1));

        await server.Restart();
        Assert.Equal(10, (await AddPatiently(host, "r-2")).Total_);
        Assert.Equal(10, (await Add(host, "r-2")).Total_);
        Assert.Equal(5, (await Add(host, "r-1")).Total_);

        // Looked for every second; the look that met the outage did not end the looking.
        var reminded = stage.When("a reminded of wake");
        while (!reminded.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await database.Scalar<int>("select 1");
        }

        await reminded;
        await host.Kill();
    }

    private static Task<Total> Add(IConformanceHost host, string requestId) =>
        host.Grains.Call<Total>(new AddToTotalRequest { ProbeId = "a", Amount = 5, RequestId = requestId }, Call.System("test"));

    /// <summary>The same request again and again, as clients do: connections that the server has cut off are met once each.</summary>
    private static async Task<Total> AddPatiently(IConformanceHost host, string requestId)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await Add(host, requestId);
            }
            catch (ClusterException error) when (error.Status == StatusCode.Unavailable && attempt < 100)
            {
            }
        }
    }
}
