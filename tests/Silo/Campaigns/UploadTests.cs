using System.Runtime.CompilerServices;
using Cluster.Silo.Grains.Campaigns.Uploads;
using Cluster.Silo.Hosting;
using Cluster.Solana;
using Cluster.V1;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Cluster.Tests.Silo.Campaigns;

public sealed class UploadTests
{
    private static readonly string[] Addresses = [.. CampaignStage.Recipients(50).Select(row => row.Owner.ToString())];

    [Fact]
    public async Task Bad_rows_are_reported_by_line_and_reason_and_the_good_ones_are_kept()
    {
        await using var stage = await Ready(DuplicatePolicy.DuplicatesReject);
        var tooLong = SimpleBase58(33);
        RecipientRow[] rows =
        [
            Row(2, Addresses[0], "5"),
            Row(3, "not base58 0OIl", "5"),
            Row(4, SimpleBase58(31), "5"),
            Row(5, tooLong, "5"),
            Row(6, Addresses[1], "0"),
            Row(7, Addresses[2], "-1"),
            Row(8, Addresses[3], "18446744073709551616"),
            Row(9, Addresses[4], "1.5"),
            Row(10, "", "5"),
            Row(11, Addresses[5], ""),
            Row(12, Addresses[0], "7"),
            new RecipientRow { Line = 13, Defect = "3 columns where 2 were expected" },
            Row(14, "a\0b\ud7ff" + new string('x', 500), "5"),
            Row(15, OffCurve(), "5"),
            Row(16, Addresses[6], "9"),
        ];

        var report = await stage.Cluster.Upload(Header("u1"), rows);

        Assert.Equal((15UL, 2UL, 13UL, 14UL), (report.Rows, report.Accepted, report.Rejected, report.TotalAmount));
        var reasons = report.Failures.ToDictionary(failure => failure.Line, failure => failure.Reason);
        Assert.Equal(Enumerable.Range(3, 13).Select(line => (ulong)line), reasons.Keys.Order());
        Assert.Contains("31", reasons[4], StringComparison.Ordinal);
        Assert.Contains("base58 of 32 bytes", reasons[5], StringComparison.Ordinal);
        Assert.Contains("zero", reasons[6], StringComparison.Ordinal);
        Assert.Contains("negative", reasons[7], StringComparison.Ordinal);
        Assert.Contains("line 2 already", reasons[12], StringComparison.Ordinal);
        Assert.Contains("3 columns", reasons[13], StringComparison.Ordinal);
        Assert.Contains("off the curve", reasons[15], StringComparison.Ordinal);
        Assert.All(report.Failures, failure => Assert.InRange(failure.Address.Length, 0, 100));
        Assert.Equal(CampaignState.Ready, report.Campaign.State);

        var listed = await stage.Cluster.Query<ListFailuresReply>("ListFailures", new ListFailuresRequest { CampaignId = "drop", PageSize = 5 });
        Assert.Equal([3UL, 4UL, 5UL, 6UL, 7UL], listed.Failures.Select(failure => failure.Line));
        var next = await stage.Cluster.Query<ListFailuresReply>(
            "ListFailures", new ListFailuresRequest { CampaignId = "drop", PageSize = 5, PageToken = listed.NextPageToken });
        Assert.Equal([8UL, 9UL, 10UL, 11UL, 12UL], next.Failures.Select(failure => failure.Line));
    }

    [Fact]
    public async Task Merged_duplicates_are_added_up_within_an_upload_and_across_uploads()
    {
        await using var stage = await Ready(DuplicatePolicy.DuplicatesMerge);

        var first = await stage.Cluster.Upload(Header("u1"), [Row(2, Addresses[0], "5"), Row(3, Addresses[1], "1"), Row(4, Addresses[0], "7")]);
        var second = await stage.Cluster.Upload(Header("u2"), [Row(2, Addresses[1], "10"), Row(3, Addresses[2], "3"), Row(4, Addresses[1], "100")]);

        Assert.Equal((2UL, 1UL, 13UL), (first.Accepted, first.Merged, first.TotalAmount));
        Assert.Equal((1UL, 2UL, 126UL), (second.Accepted, second.Merged, second.TotalAmount));
        var report = await stage.Cluster.Report("drop");
        Assert.Equal(
            [(Addresses[0], 12UL, 2UL), (Addresses[1], 111UL, 3UL), (Addresses[2], 3UL, 3UL)],
            report.Select(row => (row.Address, row.Amount, row.Line)));
        Assert.All(report, row => Assert.Equal(RecipientStatus.RecipientWaiting, row.Status));
    }

    [Fact]
    public async Task Kept_duplicates_stay_rows_of_their_own()
    {
        await using var stage = await Ready(DuplicatePolicy.DuplicatesKeep);

        var report = await stage.Cluster.Upload(Header("u1"), [Row(2, Addresses[0], "5"), Row(3, Addresses[0], "7")]);

        Assert.Equal((2UL, 0UL, 12UL), (report.Accepted, report.Merged, report.TotalAmount));
    }

    [Fact]
    public async Task Rejected_duplicates_are_found_across_uploads()
    {
        await using var stage = await Ready(DuplicatePolicy.DuplicatesReject);
        await stage.Cluster.Upload(Header("u1"), [Row(7, Addresses[0], "5")]);

        var report = await stage.Cluster.Upload(Header("u2"), [Row(2, Addresses[0], "5"), Row(3, Addresses[1], "5")]);

        Assert.Equal((1UL, 1UL), (report.Accepted, report.Rejected));
        Assert.Equal("the address was uploaded before, in line 7", Assert.Single(report.Failures).Reason);
    }

    [Fact]
    public async Task The_same_upload_again_gives_the_first_report_and_other_rows_under_its_id_are_refused()
    {
        await using var stage = await Ready(DuplicatePolicy.DuplicatesReject);
        RecipientRow[] rows = [Row(2, Addresses[0], "5"), Row(3, Addresses[1], "bad")];

        var first = await stage.Cluster.Upload(Header("u1"), rows);
        var again = await stage.Cluster.Upload(Header("u1"), rows);
        var refusal = await Assert.ThrowsAsync<ClusterException>(() => stage.Cluster.Upload(Header("u1"), [Row(2, Addresses[0], "6")]));

        Assert.Equal(first, again);
        Assert.Equal(StatusCode.AlreadyExists, refusal.Status);
        Assert.Equal(1UL, (await stage.Cluster.Call<Campaign>(new GetCampaignRequest { CampaignId = "drop" })).Recipients);
    }

    [Fact]
    public async Task An_upload_that_breaks_off_stores_nothing_and_leaves_the_campaign_free()
    {
        await using var stage = await Ready(DuplicatePolicy.DuplicatesReject);

        await Assert.ThrowsAsync<ClusterException>(() => stage.Cluster.Upload(Header("u1"), BreakingOff()));

        var campaign = await stage.Cluster.Call<Campaign>(new GetCampaignRequest { CampaignId = "drop" });
        Assert.Equal((CampaignState.Draft, 0UL), (campaign.State, campaign.Recipients));
        var report = await stage.Cluster.Upload(Header("u1"), [Row(2, Addresses[0], "5")]);
        Assert.Equal(1UL, report.Accepted);
    }

    [Fact]
    public async Task A_campaign_that_would_owe_more_than_64_bits_stores_nothing_of_the_upload()
    {
        await using var stage = await Ready(DuplicatePolicy.DuplicatesMerge);
        await stage.Cluster.Upload(Header("u1"), [Row(2, Addresses[0], "18446744073709551615")]);

        var refusal = await Assert.ThrowsAsync<ClusterException>(
            () => stage.Cluster.Upload(Header("u2"), [Row(2, Addresses[0], "1"), Row(3, "bad", "1")]));

        Assert.Equal(StatusCode.InvalidArgument, refusal.Status);
        Assert.Contains("18446744073709551616", refusal.Message, StringComparison.Ordinal);
        var campaign = await stage.Cluster.Call<Campaign>(new GetCampaignRequest { CampaignId = "drop" });
        Assert.Equal((1UL, ulong.MaxValue, 0UL), (campaign.Recipients, campaign.TotalAmount, campaign.RejectedRows));
    }

    [Fact]
    public async Task An_upload_without_a_header_or_a_unit_is_refused()
    {
        await using var stage = await Ready(DuplicatePolicy.DuplicatesReject);

        var unit = await Assert.ThrowsAsync<ClusterException>(
            () => stage.Cluster.Upload(new UploadHeader { CampaignId = "drop", RequestId = "u1" }, []));
        var id = await Assert.ThrowsAsync<ClusterException>(
            () => stage.Cluster.Upload(new UploadHeader { CampaignId = "drop", Unit = AmountUnit.BaseUnits }, []));
        var campaign = await Assert.ThrowsAsync<ClusterException>(
            () => stage.Cluster.Upload(new UploadHeader { CampaignId = "other", RequestId = "u1", Unit = AmountUnit.BaseUnits }, []));

        Assert.Contains("never guessed", unit.Message, StringComparison.Ordinal);
        Assert.Contains("request_id", id.Message, StringComparison.Ordinal);
        Assert.Equal(StatusCode.NotFound, campaign.Status);
    }

    [Fact]
    public async Task Two_uploads_at_once_are_kept_apart()
    {
        await using var stage = await Ready(DuplicatePolicy.DuplicatesReject);
        var refusals = new List<ClusterException>();

        async IAsyncEnumerable<RecipientRow> RowsThatUploadMore()
        {
            yield return Row(2, Addresses[0], "5");
            for (var at = 0; at < 2_000; at++)
            {
                yield return Row((ulong)at + 3, "bad", "5");
            }

            refusals.Add(await Assert.ThrowsAsync<ClusterException>(
                () => stage.Cluster.Upload(Header("u2"), [Row(2, Addresses[1], "5")])));
        }

        var report = await stage.Cluster.Upload(Header("u1"), RowsThatUploadMore());

        Assert.Equal((1UL, 2_000UL), (report.Accepted, report.Rejected));
        Assert.Contains("under way", Assert.Single(refusals).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upload_whose_answer_another_attempt_has_recorded_meanwhile_stores_nothing_and_is_to_be_repeated()
    {
        await using var stage = await Ready(DuplicatePolicy.DuplicatesReject);

        async IAsyncEnumerable<RecipientRow> RowsWhileAnotherAttemptAnswers()
        {
            yield return Row(2, Addresses[0], "5");
            await stage.Stage.Database.Execute(
                """
                insert into requests (grain_type, grain_key, request_id, method, request_hash, reply, created_at)
                values ('campaign', 'drop', 'u1', 'm', decode(repeat('02', 32), 'hex'), '', now())
                """);
        }

        var refusal = await Assert.ThrowsAsync<ClusterException>(
            () => stage.Cluster.Upload(Header("u1"), RowsWhileAnotherAttemptAnswers()));

        Assert.Equal(StatusCode.Aborted, refusal.Status);
        Assert.Equal(0L, await stage.Stage.Database.Scalar<long>("select count(*) from campaign_recipients"));
    }

    [Fact]
    public async Task An_upload_that_falls_silent_ends_with_nothing_stored_and_makes_room_for_the_next_one()
    {
        await using var stage = await Ready(DuplicatePolicy.DuplicatesReject, UploadOptionsOf(TimeSpan.FromSeconds(1)));

        async IAsyncEnumerable<RecipientRow> RowsThenSilence([EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            for (var at = 0; at < 2_000; at++)
            {
                yield return Row((ulong)at + 2, "bad", "5");
            }

            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
        }

        var refusal = await Assert.ThrowsAsync<ClusterException>(() => stage.Cluster.Upload(Header("u1"), RowsThenSilence()));
        var next = await stage.Cluster.Upload(Header("u2"), [Row(2, Addresses[0], "5")]);

        Assert.Equal(StatusCode.DeadlineExceeded, refusal.Status);
        Assert.StartsWith("The upload sent nothing for 1 s; nothing of it was stored.", refusal.Message, StringComparison.Ordinal);
        Assert.Equal((1UL, 0UL), (next.Campaign.Recipients, next.Campaign.RejectedRows));
        Assert.Equal(0L, await stage.Stage.Database.Scalar<long>(
            "select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%' or query like 'copy upload_rows%' and state = 'active'"));
    }

    [Fact]
    public async Task A_hundred_thousand_duplicates_are_merged_into_one()
    {
        await using var stage = await Ready(DuplicatePolicy.DuplicatesMerge);

        var report = await stage.Cluster.Upload(Header("u1"), Enumerable.Range(0, 100_000).Select(at => Row((ulong)at + 2, Addresses[0], "3")));

        Assert.Equal((1UL, 99_999UL, 300_000UL), (report.Accepted, report.Merged, report.TotalAmount));
    }

    private static IEnumerable<RecipientRow> BreakingOff()
    {
        for (var at = 0; at < 3_000; at++)
        {
            yield return Row((ulong)at + 2, Addresses[at % Addresses.Length], "5");
        }

        throw new InvalidOperationException("the connection broke");
    }

    private static Action<IServiceCollection> UploadOptionsOf(TimeSpan idle) =>
        services => services.Configure<UploadOptions>(options => options.IdleTimeout = idle);

    private static async Task<Staged> Ready(DuplicatePolicy duplicates, Action<IServiceCollection>? configure = null)
    {
        var stage = await CampaignStage.Set();
        var cluster = await stage.StartCluster(configure);
        await stage.Fund(cluster, 1_000_000);
        await stage.Create(cluster, "drop", duplicates: duplicates);
        return new Staged(stage, cluster);
    }

    private static UploadHeader Header(string requestId) =>
        new() { CampaignId = "drop", RequestId = requestId, Unit = AmountUnit.BaseUnits };

    private static RecipientRow Row(ulong line, string address, string amount) =>
        new() { Line = line, Address = address, Amount = amount };

    private static string OffCurve() => AssociatedTokenAccount.Derive(
        PublicKey.Parse(Addresses[0]), PublicKey.Parse(Addresses[1]), TokenProgram.SplTokenId).ToString();

    /// <summary>Base58 of so many bytes, each 0x11.</summary>
    private static string SimpleBase58(int bytes)
    {
        const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        var value = System.Numerics.BigInteger.Parse("0" + string.Concat(Enumerable.Repeat("11", bytes)), System.Globalization.NumberStyles.HexNumber);
        var text = "";
        while (value > 0)
        {
            text = Alphabet[(int)(value % 58)] + text;
            value /= 58;
        }

        return text;
    }

    private sealed record Staged(CampaignStage Stage, CampaignCluster Cluster) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Cluster.DisposeAsync();
            await Stage.DisposeAsync();
        }
    }
}
