using System.Text;
using Cluster.Cli.Csv;
using Cluster.Tests.Support;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.Cli;

public sealed class RecipientsCsvFuzzTests
{
    /// <summary>The reader's buffers, and a row's strings for each byte that was there.</summary>
    private const long MaxAllocated = 256 * 1024;

    private static readonly byte[][] Files =
    [
        "address,base_units\nGMhdcoPZSE6PEsU6M5Nyw6894qqfwykiDr2Kw2yfFG1s,15\n"u8.ToArray(),
        "\uFEFFwallet,tokens,note\r\n\"a\",\"1.5\",\"x \"\"y\"\" z\"\r\n\r\nb,2,\r\n"u8.ToArray(),
        "amount , recipient\n 7 , c\n\"8\"  ,\"d\"\n"u8.ToArray(),
        Encoding.UTF8.GetBytes($"address,tokens\n{new string('x', CsvLineReader.MaxLineBytes)},1\ne,2"),
    ];

    [Fact]
    [Trait("Category", FuzzInputs.Category)]
    public async Task Damaged_files_are_read_row_by_row_or_refused_by_line_in_bounded_memory()
    {
        var mutator = new Mutator(seed: 20_261_120);
        var (read, refused) = (0, 0);
        for (var i = 0; i < FuzzInputs.Count; i++)
        {
            var file = mutator.Mutate(Files[mutator.Next(Files.Length)]);
            // A file in memory is read without a wait.
            var allocated = Allocations.Of(MaxAllocated, () => IsRead(file), out var reading);
            Assert.True(reading.IsCompleted);
            (read, refused) = await reading ? (read + 1, refused) : (read, refused + 1);
            Assert.InRange(allocated, 0, MaxAllocated);
        }

        // Mutations that only ever break, or never do, would prove nothing.
        Assert.InRange(refused, FuzzInputs.Count / 50, FuzzInputs.Count / 10 * 9);
        Assert.Equal(FuzzInputs.Count, read + refused);
    }

    private static async Task<bool> IsRead(byte[] file)
    {
        try
        {
            var lines = (ulong)file.Count(value => value == (byte)'\n') + 1;
            var csv = await RecipientsCsv.Open(new MemoryStream(file), AmountUnit.BaseUnits, TestContext.Current.CancellationToken);
            ulong last = 1;
            await foreach (var portion in csv.Read(1000, TestContext.Current.CancellationToken))
            {
                foreach (var row in portion.Rows)
                {
                    Assert.InRange(row.Line, last + 1, lines);
                    Assert.True(row.Defect.Length > 0 || row is { Address.Length: <= 101, Amount.Length: <= 101 });
                    last = row.Line;
                }
            }

            return true;
        }
        catch (CsvException error)
        {
            Assert.StartsWith("line 1: ", error.Message, StringComparison.Ordinal);
            return false;
        }
    }
}
