using Google.Protobuf;
using Spectre.Console;

namespace Cluster.Cli.Output;

/// <summary>Prints replies: tables for people, JSON for programs.</summary>
/// <param name="json">For programs.</param>
internal sealed class Printer(bool json)
{
    /// <summary>Columns of text that is not for a terminal: wide enough for two addresses in a row.</summary>
    public const int WidthInFiles = 200;

    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    /// <summary>Whether replies are for programs.</summary>
    public bool Json => json;

    /// <summary>Prints one reply.</summary>
    /// <param name="reply">As JSON, one line.</param>
    /// <param name="rows">Names and values, for people.</param>
    public void Print(IMessage reply, params ReadOnlySpan<(string Name, string Value)> rows)
    {
        if (json)
        {
            PrintJson(reply);
            return;
        }

        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        foreach (var (name, value) in rows)
        {
            if (value.Length > 0)
            {
                grid.AddRow(new Text(name, new Style(Color.Grey)), new Text(value));
            }
        }

        AnsiConsole.Write(grid);
    }

    /// <summary>Prints a list.</summary>
    /// <typeparam name="T">Of what.</typeparam>
    /// <param name="items">As JSON, a line each.</param>
    /// <param name="columns">Headings; one that begins with <c>&gt;</c> is aligned to the right.</param>
    /// <param name="cells">A row.</param>
    public void Print<T>(IEnumerable<T> items, string[] columns, Func<T, string[]> cells)
        where T : IMessage
    {
        if (json)
        {
            foreach (var item in items)
            {
                PrintJson(item);
            }

            return;
        }

        var table = new Table().Border(TableBorder.Rounded);
        foreach (var column in columns)
        {
            var right = column.StartsWith('>');
            table.AddColumn(new TableColumn(new Text(right ? column[1..] : column)) { Alignment = right ? Justify.Right : Justify.Left });
        }

        foreach (var item in items)
        {
            table.AddRow(cells(item).Select(cell => new Text(cell)).ToArray());
        }

        AnsiConsole.Write(table);
    }

    /// <summary>Prints a message as one line of JSON.</summary>
    /// <param name="message">By protobuf's JSON mapping.</param>
    public static void PrintJson(IMessage message) => Console.Out.WriteLine(Formatter.Format(message));
}
