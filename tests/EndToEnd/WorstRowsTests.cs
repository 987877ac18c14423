using System.Text;
using Cluster.Tests.Silo.Campaigns;
using Cluster.Tests.Support;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.EndToEnd;

/// <summary>CSV files through the command line's executable into the gateway's.</summary>
[Collection(EndToEndGroup.Name)]
public sealed class WorstRowsTests : IAsyncLifetime
{
    private const int MaxPeakMebibytes = 600;

    private static readonly string[] Good = [.. CampaignStage.Recipients(5).Select(row => row.Owner.ToString())];

    private readonly string _folder = Directory.CreateTempSubdirectory("cluster-csv-").FullName;
    private Airdrop _airdrop = null!;

    public async ValueTask InitializeAsync() => _airdrop = await Airdrop.Set(new LocalnetOptions(), new { decimals = 6 });

    public async ValueTask DisposeAsync()
    {
        await _airdrop.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Every_bad_row_is_answered_by_line_and_reason_and_the_good_ones_are_kept()
    {
        await _airdrop.Create(lanes: 1);
        (string Row, string? Reason)[] rows =
        [
            ($"{Good[0]},5", null),
            ("0OIl-no-base58,5", "base58"),
            ($"{new string('2', 42)},5", "31"),
            ($"{new string('1', 33)},5", "33"),
            ($"{Good[1]},0", "zero"),
            ($"{Good[1]},-1", "negative"),
            ($"{Good[1]},1.0000001", "7 decimals"),
            ($"{Good[1]},18446744073710", $"more than {ulong.MaxValue}"),
            ("", null),
            ($"\"{Good[1]}\",\"1.25\"", null),
            ($"\"{Good[2]},1", "not closed"),
            ($"{Good[2]},1,surplus", "columns"),
            ($"{Good[2]}", "columns"),
            ($"{Good[0]},7", "line 2"),
            ("   ", null),
            ($" {Good[3]} , 0.000001 ", null),
        ];
        var text = "\ufeffaddress,tokens\r\n" + string.Concat(rows.Select(row => $"{row.Row}\r\n"));

        var report = await Upload(Write(text));

        var refused = rows.Index().Where(row => row.Item.Reason is not null).ToDictionary(row => (ulong)row.Index + 2, row => row.Item.Reason!);
        Assert.Equal(refused.Keys.Order(), report.Failures.Select(failure => failure.Line).Order());
        Assert.All(report.Failures, failure => Assert.Contains(refused[failure.Line], failure.Reason, StringComparison.Ordinal));
        Assert.Equal((3UL, 5_000_000UL + 1_250_000UL + 1), (report.Accepted, report.TotalAmount));
    }

    [Fact]
    public async Task A_million_duplicates_and_a_gigabyte_without_a_newline_take_bounded_memory()
    {
        await _airdrop.Create(lanes: 1, DuplicatePolicy.DuplicatesMerge);
        var path = Path.Combine(_folder, "huge.csv");
        await using (var file = new FileStream(path, FileMode.Create))
        {
            await file.WriteAsync("address,base_units\n"u8.ToArray());
            var portion = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"{Good[0]},3\n", 1_000)));
            for (var written = 0; written < 1_000; written++)
            {
                await file.WriteAsync(portion);
            }

            // A hole: a gigabyte of zeros that takes no room on the disk.
            file.Seek(1L << 30, SeekOrigin.Current);
            await file.WriteAsync(Encoding.UTF8.GetBytes($"\n{Good[1]},4\n"));
        }

        var report = await Upload(path);

        Assert.Equal((2UL, 999_999UL, 1UL, 3_000_004UL), (report.Accepted, report.Merged, report.Rejected, report.TotalAmount));
        var junk = Assert.Single(report.Failures);
        Assert.Equal((1_000_002UL, "the line is longer than 4,096 bytes"), (junk.Line, junk.Reason));
        Assert.InRange(_airdrop.Process.PeakMebibytes, 1, MaxPeakMebibytes);
    }

    [Fact]
    public async Task A_real_allocation_is_taken_whole()
    {
        var path = RepositoryRoot.Combine("..", "shared", "data", "recipients-23k.csv");
        Assert.SkipUnless(File.Exists(path), $"the allocation is not on this machine: {path}");
        await _airdrop.Create(lanes: 0, DuplicatePolicy.DuplicatesMerge, OffCurvePolicy.OffCurveAllow);

        var report = await Upload(path);

        Assert.Equal((23_503UL, 21_839UL, 23_503UL - 21_839UL, 0UL), (report.Rows, report.Accepted, report.Merged, report.Rejected));
    }

    private string Write(string text)
    {
        var path = Path.Combine(_folder, "recipients.csv");
        File.WriteAllText(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return path;
    }

    private async Task<UploadReport> Upload(string path)
    {
        var (exitCode, output) = await CommandLine.Run(_airdrop.Process, "campaign", "upload", Airdrop.Id, path, "--json");
        Assert.True(exitCode == 0, output);
        return UploadReport.Parser.ParseJson(output);
    }
}
