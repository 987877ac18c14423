using Xunit;

namespace Cluster.Tests.Silo.Campaigns;

/// <summary>What one process does about a start that another one is still about to commit.</summary>
public sealed class CampaignFenceTests
{
    [Fact]
    public async Task The_reminder_of_a_start_that_was_not_committed_is_removed_only_after_that_commit_has_become_impossible()
    {
        await using var stage = await CampaignStage.Set();
        await using var cluster = await stage.StartCluster();
        await stage.Fund(cluster, 1_000_000_000, new { program = "spl-token", decimals = 6 });
        await stage.Create(cluster, "drop");
        await cluster.Upload("drop", CampaignStage.Recipients(3));
        var known = await Version();

        // As the other process has set it, before its commit with the version that it knows.
        await stage.Database.Scalar<string>(
            """
            insert into reminders (grain_type, grain_key, name, due_at, next_try_at, period)
            values ('campaign', 'drop', 'tend-lanes', now(), now(), interval '5 seconds') returning name
            """);
        await Removed();

        Assert.True(await Version() > known, "the other process could still start the campaign, and nobody would tend its lanes");

        Task<long> Version() => stage.Database.Scalar<long>("select version from campaigns where campaign_id = 'drop'");

        async Task Removed()
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
            while (await stage.Database.Scalar<long>("select count(*) from reminders where grain_type = 'campaign'") > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(25), patience.Token);
            }
        }
    }
}
