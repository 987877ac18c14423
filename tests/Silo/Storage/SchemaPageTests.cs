using Cluster.Tests.Support;
using Xunit;

namespace Cluster.Tests.Silo.Storage;

public sealed class SchemaPageTests
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

    /// <summary>A table has a heading of its own, ## `name`, and a row for each column, | `name` | …, or for several with commas.</summary>
    private static HashSet<string> Explained(string page)
    {
        const string Heading = "## `";
        var explained = new HashSet<string>();
        var table = "";
        foreach (var line in page.Split('\n'))
        {
            if (line.StartsWith(Heading, StringComparison.Ordinal))
            {
                table = line[Heading.Length..].TrimEnd('`');
            }
            else if (line.StartsWith("| `", StringComparison.Ordinal))
            {
                foreach (var column in line.Split('|')[1].Split(','))
                {
                    explained.Add($"{table}.{column.Trim().Trim('`')}");
                }
            }
        }

        return explained;
    }
}
