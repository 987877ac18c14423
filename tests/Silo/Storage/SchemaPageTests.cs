using System.Text.RegularExpressions;
using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Silo.Storage;

public sealed partial class SchemaPageTests
{
    [Fact]
    public async Task The_schema_page_explains_every_table_and_column_and_nothing_else()
    {
        await using var database = await TestDatabase.Create();
        var real = new HashSet<string>();
        await using (var command = database.Source.CreateCommand(
            "select table_name, column_name from information_schema.columns where table_schema = 'public'"))
        await using (var reader = await command.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                real.Add($"{reader.GetString(0)}.{reader.GetString(1)}");
            }
        }

        var explained = Explained(await File.ReadAllTextAsync(RepositoryRoot.Combine("docs", "schema.md")));

        Assert.Empty(real.Except(explained).Order());
        Assert.Empty(explained.Except(real).Order());
    }

    /// <summary>A table has a heading of its own, `## name`, and a row for each column, `| name | …`.</summary>
    private static HashSet<string> Explained(string page)
    {
        var explained = new HashSet<string>();
        var table = "";
        foreach (var line in page.Split('\n'))
        {
            if (Heading().Match(line) is { Success: true } heading)
            {
                table = heading.Groups["table"].Value;
            }
            else if (table.Length > 0 && Row().Match(line) is { Success: true } row)
            {
                foreach (var column in row.Groups["columns"].Value.Split(',', StringSplitOptions.TrimEntries))
                {
                    explained.Add($"{table}.{column.Trim('`')}");
                }
            }
        }

        return explained;
    }

    [GeneratedRegex("^## `(?<table>[a-z_]+)`$")]
    private static partial Regex Heading();

    [GeneratedRegex("^\\| (?<columns>`[a-z_]+`(, `[a-z_]+`)*) \\|")]
    private static partial Regex Row();
}
