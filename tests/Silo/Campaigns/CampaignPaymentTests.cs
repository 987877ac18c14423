using Cluster.Solana;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.Silo.Campaigns;

/// <summary>Whole campaigns over a real PostgreSQL and the real virtual machine, with its ledger as the judge.</summary>
public sealed class CampaignPaymentTests
{
    private const ulong Sol = 1_000_000_000;

    [Theory]
    [InlineData("spl-token")]
    [InlineData("spl-token-2022")]
    [InlineData("")]
    public async Task A_campaign_pays_everybody_exactly_what_is_owed(string program)
    {
        await using var stage = await CampaignStage.Set();
        await using var cluster = await stage.StartCluster();
        await stage.Fund(cluster, 100 * Sol, program.Length == 0 ? null : new { program, decimals = 6 });
        var owed = CampaignStage.Recipients(300, least: program.Length == 0 ? 1_000_000UL : 1);

        await stage.Create(cluster, "drop");
        var report = await cluster.Upload("drop", owed);
        Assert.Equal((300UL, 0UL), (report.Accepted, report.Rejected));
        await CampaignStage.Start(cluster, "drop");
        var end = await cluster.Await("drop", campaign => campaign.State == CampaignState.Completed);

        Assert.Equal(300UL, end.Progress.Paid);
        Assert.Equal(300UL, end.Progress.Finalized);
        Assert.Equal(end.TotalAmount, end.Progress.PaidAmount);
        await stage.RequirePaidExactly(cluster, "drop", owed);
    }

    [Fact]
    public async Task Several_lanes_pay_each_its_own_recipients()
    {
        await using var stage = await CampaignStage.Set();
        await using var cluster = await stage.StartCluster();
        await stage.Fund(cluster, 100 * Sol, new { program = "spl-token", decimals = 6 });
        var owed = CampaignStage.Recipients(500);

        await stage.Create(cluster, "drop", lanes: 4);
        await cluster.Upload("drop", owed);
        await CampaignStage.Start(cluster, "drop");
        var end = await cluster.Await("drop", campaign => campaign.State == CampaignState.Completed);

        Assert.Equal((4u, 4UL), (end.Lanes, end.Progress.LanesSwept));
        await stage.RequirePaidExactly(cluster, "drop", owed);
    }

    [Fact]
    public async Task An_estimate_counts_the_transactions_and_accounts_that_the_campaign_then_takes()
    {
        await using var stage = await CampaignStage.Set();
        await using var cluster = await stage.StartCluster();
        await stage.Fund(cluster, 100 * Sol, new { program = "spl-token", decimals = 6 });
        var owed = CampaignStage.Recipients(100);
        foreach (var (owner, _) in owed.Take(40))
        {
            await stage.Localnet.AdminAsync("mint-to", new { mint = stage.Mint, owner = owner.ToString(), amount = 0 });
        }

        await stage.Create(cluster, "drop");
        await cluster.Upload("drop", owed);
        var estimate = await cluster.Query<Estimate>("EstimateCampaign", new EstimateCampaignRequest { CampaignId = "drop" });
        Assert.Equal(60UL, estimate.TokenAccountsToCreate);
        Assert.Equal(60UL * 2_039_280, estimate.Rent);
        Assert.Equal((0UL, 0UL), (estimate.MissingTokens, estimate.MissingLamports));

        await CampaignStage.Start(cluster, "drop");
        var end = await cluster.Await("drop", campaign => campaign.State == CampaignState.Completed);
        Assert.Equal(estimate.Transactions, end.Progress.Transactions + 3);
        Assert.Equal(estimate.Rent, end.Progress.Rent);
    }

    [Fact]
    public async Task Recipients_that_cannot_be_paid_fail_with_their_reason_and_the_others_are_paid()
    {
        await using var stage = await CampaignStage.Set();
        await using var cluster = await stage.StartCluster();
        await stage.Fund(cluster, 100 * Sol, new { program = "spl-token", decimals = 6, freezable = true });
        var owed = CampaignStage.Recipients(120);
        var frozen = owed.Where((_, at) => at is 0 or 57 or 58 or 119).Select(row => row.Owner).ToHashSet();
        foreach (var owner in frozen)
        {
            await stage.Localnet.AdminAsync("mint-to", new { mint = stage.Mint, owner = owner.ToString(), amount = 0 });
            await stage.Localnet.AdminAsync("freeze", new { mint = stage.Mint, owner = owner.ToString() });
        }

        await stage.Create(cluster, "drop");
        await cluster.Upload("drop", owed);
        await CampaignStage.Start(cluster, "drop");
        var end = await cluster.Await("drop", campaign => campaign.State == CampaignState.Completed);

        Assert.Equal((116UL, 4UL), (end.Progress.Paid, end.Progress.Failed));
        var failures = await cluster.Query<ListFailuresReply>("ListFailures", new ListFailuresRequest { CampaignId = "drop" });
        Assert.Equal(frozen.Select(owner => owner.ToString()).Order(), failures.Failures.Select(failure => failure.Address).Order());
        Assert.All(failures.Failures, failure => Assert.Contains("frozen", failure.Reason, StringComparison.Ordinal));
        await stage.RequirePaidExactly(cluster, "drop", owed, frozen);
    }

    [Theory]
    [InlineData("spl-token")]
    [InlineData("spl-token-2022")]
    public async Task Lamports_are_not_sent_to_token_accounts_mints_and_programs(string program)
    {
        await using var stage = await CampaignStage.Set();
        await using var cluster = await stage.StartCluster();
        await stage.Fund(cluster, 100 * Sol);
        var owed = CampaignStage.Recipients(60, least: 1_000_000).ToArray();
        var minted = await stage.Localnet.AdminAsync("mint", new { program, owner = owed[0].Owner.ToString(), supply = "7" });
        var wrong = new Dictionary<string, string>
        {
            [(string)minted["account"]!] = $"the recipient is a token account of {owed[0].Owner}; give its owner",
            [(string)minted["mint"]!] = "the recipient is a mint",
            [TokenProgram.SplTokenId.ToString()] = "the recipient is a program",
        };
        var places = new[] { 3, 20, 59 };
        foreach (var (place, address) in places.Zip(wrong.Keys))
        {
            owed[place] = (PublicKey.Parse(address), 5_000_000);
        }

        await cluster.Call<Campaign>(new CreateCampaignRequest
        {
            RequestId = "create",
            CampaignId = "drop",
            WalletId = CampaignStage.Wallet,
            OffCurve = OffCurvePolicy.OffCurveAllow,
        });
        await cluster.Upload("drop", owed);
        var estimate = await cluster.Query<Estimate>("EstimateCampaign", new EstimateCampaignRequest { CampaignId = "drop" });
        await CampaignStage.Start(cluster, "drop");
        var end = await cluster.Await("drop", campaign => campaign.State == CampaignState.Completed);

        Assert.Equal((57UL, 3UL), (end.Progress.Paid, end.Progress.Failed));
        Assert.Equal(estimate.Transactions, end.Progress.Transactions + 2);
        var failures = await cluster.Query<ListFailuresReply>("ListFailures", new ListFailuresRequest { CampaignId = "drop" });
        Assert.Equal(wrong, failures.Failures.ToDictionary(failure => failure.Address, failure => failure.Reason));
        await stage.RequirePaidExactly(cluster, "drop", owed.Where(row => !wrong.ContainsKey(row.Owner.ToString())));
    }

    [Theory]
    [InlineData("spl-token")]
    [InlineData("")]
    public async Task Rows_that_are_equal_and_kept_are_each_paid(string program)
    {
        await using var stage = await CampaignStage.Set();
        await using var cluster = await stage.StartCluster();
        await stage.Fund(cluster, 100 * Sol, program.Length == 0 ? null : new { program, decimals = 6 });
        var owed = Enumerable.Repeat((CampaignStage.Recipients(1)[0].Owner, 1_000_000UL), 700).ToArray();

        await stage.Create(cluster, "drop", duplicates: DuplicatePolicy.DuplicatesKeep);
        await cluster.Upload("drop", owed);
        await CampaignStage.Start(cluster, "drop");
        var end = await cluster.Await("drop", campaign => campaign.State == CampaignState.Completed).WaitAsync(TimeSpan.FromMinutes(3));

        Assert.Equal(700UL, end.Progress.Finalized);

        // One token account was made, whatever the batches that were to make it.
        Assert.Equal(program.Length == 0 ? 0UL : 2_039_280UL, end.Progress.Rent);
        await stage.RequirePaidExactly(cluster, "drop", owed);
    }

    [Fact]
    public async Task A_cancelled_campaign_returns_tokens_whose_lamports_never_came()
    {
        await using var stage = await CampaignStage.Set();
        await using var cluster = await stage.StartCluster();
        await stage.Fund(cluster, 60_000_000, new { program = "spl-token", decimals = 6 });
        await stage.Create(cluster, "drop");
        await cluster.Upload("drop", CampaignStage.Recipients(100));
        await CampaignStage.Start(cluster, "drop");
        var paused = await cluster.Await("drop", campaign => campaign.State == CampaignState.Paused).WaitAsync(TimeSpan.FromMinutes(3));
        Assert.Contains("insufficient funds", paused.PauseReason, StringComparison.Ordinal);

        await cluster.Call<Campaign>(new CancelCampaignRequest { RequestId = "cancel", CampaignId = "drop" });
        await cluster.Await("drop", campaign => campaign.State == CampaignState.Cancelled).WaitAsync(TimeSpan.FromMinutes(3));

        await stage.RequireLanesEmpty();
        Assert.Equal(1_000_000_000_000UL, (await stage.Balances([stage.WalletAddress]))[stage.WalletAddress]);
    }

    [Fact]
    public async Task A_start_without_the_money_is_refused_with_the_figures()
    {
        await using var stage = await CampaignStage.Set();
        await using var cluster = await stage.StartCluster();
        await stage.Fund(cluster, 1_000_000, new { program = "spl-token", decimals = 6 });
        await stage.Create(cluster, "drop");
        await cluster.Upload("drop", CampaignStage.Recipients(10));

        var refusal = await Assert.ThrowsAsync<Cluster.Silo.Hosting.ClusterException>(() => CampaignStage.Start(cluster, "drop"));

        Assert.Contains("insufficient funds: wallet source has", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("lamports", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(CampaignState.Ready, (await cluster.Call<Campaign>(new GetCampaignRequest { CampaignId = "drop" })).State);
    }
}
