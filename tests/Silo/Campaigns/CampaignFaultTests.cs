using Cluster.Solana;
using Cluster.Tests.Support;
using Cluster.V1;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cluster.Tests.Silo.Campaigns;

/// <summary>What networks, nodes, databases and processes do to a campaign: nobody is paid twice, nobody is left out.</summary>
public sealed class CampaignFaultTests
{
    private const ulong Sol = 1_000_000_000;
    private const ulong AccountRent = 2_039_280;

    [Fact]
    public async Task Under_every_fault_of_the_network_at_once_everybody_gets_exactly_what_is_owed()
    {
        await using var stage = await CampaignStage.Set();
        await using var cluster = await stage.StartCluster();
        await stage.Fund(cluster, 1_000 * Sol, new { program = "spl-token", decimals = 6 });
        var owed = CampaignStage.Recipients(1_000);
        await stage.Create(cluster, "drop", lanes: 2);
        await cluster.Upload("drop", owed);
        await stage.Localnet.FaultsAsync(new
        {
            seed = 11,
            lostSends = 0.1,
            droppedReplies = 0.05,
            duplicatedSends = 0.05,
            lateLanding = 0.05,
            forkDrops = new { p = 0.02, everySlots = 8 },
            http429 = new { p = 0.02, retryAfter = (int?)null, burst = 5 },
            laggingStatus = new { p = 0.1, slots = 6 },
        });

        await CampaignStage.Start(cluster, "drop");
        var end = await cluster.Await("drop", campaign => campaign.State == CampaignState.Completed);

        await stage.Localnet.FaultsAsync(null);
        Assert.Equal(1_000 * AccountRent, end.Progress.Rent);
        await stage.RequirePaidExactly(cluster, "drop", owed);
    }

    [Fact]
    public async Task A_cluster_that_ends_again_and_again_resumes_where_it_stood()
    {
        await using var stage = await CampaignStage.Set();
        var owed = CampaignStage.Recipients(2_000);
        await using (var cluster = await stage.StartCluster())
        {
            await stage.Fund(cluster, 1_000 * Sol, new { program = "spl-token", decimals = 6 });
            await stage.Create(cluster, "drop", lanes: 2);
            await cluster.Upload("drop", owed);
            await CampaignStage.Start(cluster, "drop");
        }

        foreach (var paid in new ulong[] { 1, 300, 900, 1_500 })
        {
            await using var cluster = await stage.StartCluster();
            await cluster.Await("drop", campaign => campaign.Progress.Paid >= paid);
        }

        await using (var cluster = await stage.StartCluster())
        {
            var end = await cluster.Await("drop", campaign => campaign.State == CampaignState.Completed);
            Assert.Equal(2_000 * AccountRent, end.Progress.Rent);
            await stage.RequirePaidExactly(cluster, "drop", owed);
        }
    }

    [Fact]
    public async Task A_process_that_dies_between_commit_and_send_leaves_batches_that_the_next_one_sends()
    {
        await using var stage = await CampaignStage.Set();
        var owed = CampaignStage.Recipients(400);
        var deaf = new DeafSender();
        await using (var cluster = await stage.StartCluster(deaf.Install))
        {
            await stage.Fund(cluster, 100 * Sol, new { program = "spl-token", decimals = 6 });
            await stage.Create(cluster, "drop");
            await cluster.Upload("drop", owed);
            deaf.HearsPaymentsOf = 0;
            await CampaignStage.Start(cluster, "drop");
            await cluster.Await("drop", campaign => campaign.Progress.InFlight == 400);
        }

        await using (var cluster = await stage.StartCluster())
        {
            var end = await cluster.Await("drop", campaign => campaign.State == CampaignState.Completed);
            Assert.Equal(0UL, end.Progress.Resigned);
            await stage.RequirePaidExactly(cluster, "drop", owed);
        }
    }

    [Fact]
    public async Task Batches_that_were_never_sent_are_signed_anew_once_they_have_expired()
    {
        await using var stage = await CampaignStage.Set(new LocalnetOptions { Slot = TimeSpan.FromMilliseconds(20) });
        await using var cluster = await stage.StartCluster();
        await stage.Fund(cluster, 100 * Sol, new { program = "spl-token", decimals = 6 });
        var owed = CampaignStage.Recipients(60);
        await stage.Create(cluster, "drop");
        await cluster.Upload("drop", owed);
        await CampaignStage.Start(cluster, "drop");
        await cluster.Await("drop", campaign => campaign.Progress.InFlight > 0 || campaign.Progress.Paid > 0);
        await stage.Localnet.FaultsAsync(new { seed = 1, lostSends = 1.0 });
        await stage.Localnet.PassSlotsAsync(200);
        await stage.Localnet.FaultsAsync(null);

        await cluster.Await("drop", campaign => campaign.State == CampaignState.Completed);
        await stage.RequirePaidExactly(cluster, "drop", owed);
    }

    [Fact]
    public async Task A_recipient_whose_payment_fails_in_execution_is_found_by_halving_and_the_others_are_paid()
    {
        await using var stage = await CampaignStage.Set();
        await using var cluster = await stage.StartCluster();
        await stage.Fund(cluster, 1_000 * Sol);

        // Nobody can pay lamports to an address that the runtime has reserved, and no account says so.
        var poison = PublicKey.Parse("Sysvar1111111111111111111111111111111111111");
        var owed = CampaignStage.Recipients(100, least: 2_000_000).ToArray();
        owed[37] = (poison, 2_000_000);
        await cluster.Call<Campaign>(new CreateCampaignRequest
        {
            RequestId = "create",
            CampaignId = "drop",
            WalletId = CampaignStage.Wallet,
            OffCurve = OffCurvePolicy.OffCurveAllow,
        });
        await cluster.Upload("drop", owed);
        await CampaignStage.Start(cluster, "drop");
        var end = await cluster.Await("drop", campaign => campaign.State == CampaignState.Completed);

        Assert.Equal((99UL, 1UL), (end.Progress.Paid, end.Progress.Failed));
        var failure = Assert.Single((await cluster.Query<ListFailuresReply>("ListFailures", new ListFailuresRequest { CampaignId = "drop" })).Failures);
        Assert.Equal((poison.ToString(), FailureStage.Payment, 39UL), (failure.Address, failure.Stage, failure.Line));
        Assert.NotEmpty(failure.Signature);
        Assert.NotEmpty(failure.Reason);
        await stage.RequirePaidExactly(cluster, "drop", owed.Where(row => row.Owner != poison));
    }

    [Fact]
    public async Task A_token_account_frozen_after_it_was_looked_up_fails_alone()
    {
        await using var stage = await CampaignStage.Set();
        await using var cluster = await stage.StartCluster(CampaignStage.Unhurried);
        await stage.Fund(cluster, 1_000 * Sol, new { program = "spl-token", decimals = 6, freezable = true });
        var owed = CampaignStage.Recipients(1_500);
        var late = owed[^20].Owner;
        await stage.Localnet.AdminAsync("mint-to", new { mint = stage.Mint, owner = late.ToString(), amount = 0 });
        await stage.Create(cluster, "drop");
        await cluster.Upload("drop", owed);
        await CampaignStage.Start(cluster, "drop");
        await CampaignStage.PauseInTheMiddle(cluster, "drop");

        await stage.Localnet.AdminAsync("freeze", new { mint = stage.Mint, owner = late.ToString() });
        await CampaignStage.Resume(cluster, "drop");
        var end = await cluster.Await("drop", campaign => campaign.State == CampaignState.Completed);

        Assert.Equal((1_499UL, 1UL), (end.Progress.Paid, end.Progress.Failed));
        var failure = Assert.Single((await cluster.Query<ListFailuresReply>("ListFailures", new ListFailuresRequest { CampaignId = "drop" })).Failures);
        Assert.Contains("frozen", failure.Reason, StringComparison.Ordinal);
        await stage.RequirePaidExactly(cluster, "drop", owed, new HashSet<PublicKey> { late });
    }

    [Fact]
    public async Task A_lane_that_runs_short_blames_nobody_and_is_funded_again()
    {
        await using var stage = await CampaignStage.Set();
        await using var cluster = await stage.StartCluster(CampaignStage.Unhurried);
        await stage.Fund(cluster, 1_000 * Sol, new { program = "spl-token", decimals = 6 });
        var owed = CampaignStage.Recipients(1_500);
        await stage.Create(cluster, "drop");
        await cluster.Upload("drop", owed);
        await CampaignStage.Start(cluster, "drop");
        await CampaignStage.PauseInTheMiddle(cluster, "drop");

        // Enough for fees, not for the rent of the next batch's token accounts.
        var lane = (await cluster.Call<Wallet>(new GetWalletRequest { WalletId = "drop/0" })).Address;
        await stage.Localnet.AdminAsync("set-account", new { address = lane, lamports = "9000000", owner = SystemProgram.ProgramId.ToString() });
        await CampaignStage.Resume(cluster, "drop");
        var end = await cluster.Await("drop", campaign => campaign.State == CampaignState.Completed);

        Assert.Equal((1_500UL, 0UL), (end.Progress.Paid, end.Progress.Failed));
        Assert.True(await stage.Database.Scalar<int>("select lamport_attempt from campaign_lanes") > 1, "the lane never ran short");
        await stage.RequirePaidExactly(cluster, "drop", owed);
    }

    [Fact]
    public async Task A_lane_that_died_having_run_short_time_and_again_says_so_and_tries_again_when_resumed()
    {
        await using var stage = await CampaignStage.Set();
        var owed = CampaignStage.Recipients(600);
        await using (var cluster = await stage.StartCluster(CampaignStage.Unhurried))
        {
            await stage.Fund(cluster, 1_000 * Sol, new { program = "spl-token", decimals = 6 });
            await stage.Create(cluster, "drop");
            await cluster.Upload("drop", owed);
            await CampaignStage.Start(cluster, "drop");
            await CampaignStage.PauseInTheMiddle(cluster, "drop");
            var lane = (await cluster.Call<Wallet>(new GetWalletRequest { WalletId = "drop/0" })).Address;
            await stage.Localnet.AdminAsync("set-account", new { address = lane, lamports = "9000000", owner = SystemProgram.ProgramId.ToString() });
        }

        // As if every deposit so far had been too little, and the process had died before the next was asked for.
        await stage.Database.Execute("update campaign_lanes set setbacks = 5");
        await using (var cluster = await stage.StartCluster(CampaignStage.Unhurried))
        {
            await CampaignStage.Resume(cluster, "drop");
            var stopped = await cluster.Await("drop", campaign => campaign.PauseReason.Length > 0);
            Assert.Contains("it has run short again, by 0 base units and", stopped.PauseReason, StringComparison.Ordinal);

            await cluster.Call<Campaign>(new ResumeCampaignRequest { RequestId = "resume-again", CampaignId = "drop" });
            var end = await cluster.Await("drop", campaign => campaign.State == CampaignState.Completed);
            Assert.Equal((600UL, 0UL), (end.Progress.Paid, end.Progress.Failed));
            await stage.RequirePaidExactly(cluster, "drop", owed);
        }
    }

    [Theory]
    [InlineData("spl-token")]
    [InlineData("")]
    public async Task A_node_that_lags_cannot_make_a_lane_done_that_holds_money_not_even_after_a_death(string program)
    {
        await using var stage = await CampaignStage.Set();
        var owed = CampaignStage.Recipients(40, least: 1_000_000);
        await using (var cluster = await stage.StartCluster(services => LaggingNode.Install(services, Lanes)))
        {
            await stage.Fund(cluster, 100 * Sol, program.Length == 0 ? null : new { program, decimals = 6 });
            await stage.Create(cluster, "drop");
            await cluster.Upload("drop", owed);
            await CampaignStage.Start(cluster, "drop");
            await cluster.Await("drop", campaign => campaign.Progress.Finalized == 40);
        }

        await using (var cluster = await stage.StartCluster(services => LaggingNode.Install(services, Lanes)))
        {
            await cluster.Await("drop", campaign => campaign.State == CampaignState.Completed);
            await stage.RequirePaidExactly(cluster, "drop", owed);
        }

        async Task<IReadOnlySet<PublicKey>> Lanes() => (await stage.Database.Open().Query(
            "select address from wallets where kind = 'lane'", [], row => PublicKey.FromBytes(row.GetFieldValue<byte[]>(0)), default)).ToHashSet();
    }

    [Fact]
    public async Task A_campaign_outlives_the_death_of_its_database()
    {
        await using var server = await PostgresServer.Start(durable: true);
        await using var stage = await CampaignStage.Set(server: server);
        await using var cluster = await stage.StartCluster(CampaignStage.Unhurried);
        await stage.Fund(cluster, 1_000 * Sol, new { program = "spl-token", decimals = 6 });
        var owed = CampaignStage.Recipients(1_500);
        await stage.Create(cluster, "drop", lanes: 2);
        await cluster.Upload("drop", owed);
        await CampaignStage.Start(cluster, "drop");
        foreach (var paid in new ulong[] { 1, 600 })
        {
            await cluster.Await("drop", campaign => campaign.Progress.Paid >= paid);
            await server.Kill();
            await server.Restart();
        }

        await cluster.Await("drop", campaign => campaign.State == CampaignState.Completed);
        await stage.RequirePaidExactly(cluster, "drop", owed);
    }

    /// <summary>A sender that, from some moment on, does nothing with batches: as if the process died before it sent them.</summary>
    private sealed class DeafSender
    {
        /// <summary>The largest number of transactions in one submission that still go out; all where null.</summary>
        public int? HearsPaymentsOf { get; set; }

        public void Install(IServiceCollection services)
        {
            var real = services.Last(service => service.ServiceType == typeof(ITransactionSender));
            services.AddSingleton<ITransactionSender>(provider => new Ear(this, (ITransactionSender)(
                real.ImplementationInstance ?? real.ImplementationFactory?.Invoke(provider)
                ?? ActivatorUtilities.CreateInstance(provider, real.ImplementationType!))));
        }

        private sealed class Ear(DeafSender owner, ITransactionSender real) : ITransactionSender
        {
            public ValueTask<RecentBlockhash> GetRecentBlockhash(CancellationToken ct) => real.GetRecentBlockhash(ct);

            public ValueTask<ulong> GetPriorityFee(ReadOnlyMemory<PublicKey> writable, CancellationToken ct) => real.GetPriorityFee(writable, ct);

            public ValueTask Submit(IReadOnlyList<SignedTransaction> transactions, IOutcomeSink sink, SubmitOptions options, CancellationToken ct) =>
                owner.HearsPaymentsOf is { } most && transactions.Count > Math.Max(most, 1)
                    ? ValueTask.CompletedTask
                    : real.Submit(transactions, sink, options, ct);
        }
    }
}
