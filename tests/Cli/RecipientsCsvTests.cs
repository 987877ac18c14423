using System.Text;
using Cluster.Cli.Csv;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.Cli;

public sealed class RecipientsCsvTests
{
    private const string Address = "GMhdcoPZSE6PEsU6M5Nyw6894qqfwykiDr2Kw2yfFG1s";

    [Theory]
    [InlineData("address,base_units", AmountUnit.Unspecified, AmountUnit.BaseUnits)]
    [InlineData("Wallet, Tokens", AmountUnit.Unspecified, AmountUnit.Tokens)]
    [InlineData("amount,recipient", AmountUnit.Tokens, AmountUnit.Tokens)]
    [InlineData("\"owner\",\"amount\",note", AmountUnit.BaseUnits, AmountUnit.BaseUnits)]
    [InlineData("\uFEFFaddress,base_units\r", AmountUnit.BaseUnits, AmountUnit.BaseUnits)]
    public async Task The_unit_is_what_the_header_or_the_caller_says(string header, AmountUnit said, AmountUnit expected)
    {
        var csv = await RecipientsCsv.Open(Text(header + "\n"), said, TestContext.Current.CancellationToken);

        Assert.Equal(expected, csv.Header.Unit);
    }

    [Theory]
    [InlineData("", "the file is empty")]
    [InlineData("address,amount\n", "does not tell the unit")]
    [InlineData("address\n", "an amount column")]
    [InlineData("address;base_units\n", "must name an address column")]
    [InlineData("GMhdcoPZSE6PEsU6M5Nyw6894qqfwykiDr2Kw2yfFG1s,15\n", "must name an address column")]
    [InlineData("address,wallet,tokens\n", "two columns hold the address")]
    [InlineData("address,amount,tokens\n", "two columns hold the amount")]
    [InlineData("\"address,base_units\n", "no CSV header")]
    public async Task A_header_that_leaves_something_to_guess_is_refused(string file, string reason)
    {
        var error = await Assert.ThrowsAsync<CsvException>(
            () => RecipientsCsv.Open(Text(file), AmountUnit.Unspecified, TestContext.Current.CancellationToken));

        Assert.Contains("line 1: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_option_that_contradicts_the_header_is_refused()
    {
        var error = await Assert.ThrowsAsync<CsvException>(
            () => RecipientsCsv.Open(Text("address,tokens\n"), AmountUnit.BaseUnits, TestContext.Current.CancellationToken));

        Assert.Contains("another unit than --unit", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_bad_row_is_named_by_its_line_and_the_good_ones_are_kept()
    {
        var rows = await Rows(
            $"address,base_units\r\n{Address},1\r\n\r\n\"{Address}\" , \"2\"\r\n{Address}\r\n{Address},3,4\r\n"
            + $"\"{Address},5\r\nx\"y,6\r\n\"a\"b,7\r\n  \r\n{Address},\"8\"\"\"\r\n{Address},9");

        Assert.Equal([2UL, 4, 5, 6, 7, 8, 9, 11, 12], rows.Select(row => row.Line));
        Assert.Equal(["1", "2", "", "", "", "", "", "8\"", "9"], rows.Select(row => row.Amount));
        Assert.Equal(
            [
                "",
                "",
                "the line has 1 columns where the header has 2",
                "the line has 3 columns where the header has 2",
                "the quote of column 1 is not closed on its line",
                "column 1 has a quote in the middle of a bare field",
                "column 1 goes on after its closing quote",
                "",
                "",
            ],
            rows.Select(row => row.Defect));
        Assert.All(rows.Where(row => row.Defect.Length == 0), row => Assert.Equal(Address, row.Address));
    }

    [Fact]
    public async Task Bytes_that_are_no_text_are_a_defect_of_their_row()
    {
        byte[] file = [.. "address,tokens\n"u8, 0xC3, 0x28, .. ",1\n"u8, .. Encoding.UTF8.GetBytes($"{Address},2\n")];

        var rows = await Rows(new MemoryStream(file));

        Assert.Equal(["column 1 is not valid UTF-8", ""], rows.Select(row => row.Defect));
    }

    [Fact]
    public async Task A_gigabyte_without_a_newline_is_one_bad_row_and_takes_little_memory()
    {
        await using var file = new JunkStream("address,base_units\n", 1L << 30, $"\n{Address},1\n");
        var before = GC.GetAllocatedBytesForCurrentThread();

        var rows = await Rows(file);

        Assert.Equal([2UL, 3], rows.Select(row => row.Line));
        Assert.Equal("the line is longer than 4,096 bytes", rows[0].Defect);
        Assert.Equal(Address, rows[1].Address);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 256L << 20);
    }

    [Fact]
    public async Task Rows_come_in_portions_of_the_size_asked_for()
    {
        var lines = string.Concat(Enumerable.Range(1, 25).Select(number => $"{Address},{number}\n"));
        var csv = await RecipientsCsv.Open(Text("address,base_units\n" + lines), AmountUnit.Unspecified, TestContext.Current.CancellationToken);
        var sizes = new List<int>();

        await foreach (var portion in csv.Read(10, TestContext.Current.CancellationToken))
        {
            sizes.Add(portion.Rows.Count);
        }

        Assert.Equal([10, 10, 5], sizes);
    }

    internal static MemoryStream Text(string text) => new(Encoding.UTF8.GetBytes(text));

    private static Task<List<RecipientRow>> Rows(string file) => Rows(Text(file));

    internal static async Task<List<RecipientRow>> Rows(Stream file)
    {
        var csv = await RecipientsCsv.Open(file, AmountUnit.Unspecified, TestContext.Current.CancellationToken);
        var rows = new List<RecipientRow>();
        await foreach (var portion in csv.Read(1000, TestContext.Current.CancellationToken))
        {
            rows.AddRange(portion.Rows);
        }

        return rows;
    }
}
