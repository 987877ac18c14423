using System.Runtime.CompilerServices;
using Cluster.V1;

namespace Cluster.Cli.Csv;

/// <summary>
/// Reads recipients from a CSV file, in bounded memory whatever the file holds. Rows are split, not judged: addresses and
/// amounts are the cluster's to check, so that every client gets the same answers.
/// </summary>
internal sealed class RecipientsCsv
{
    private const int ShownCharacters = 100;

    private readonly CsvLineReader _lines;
    private readonly List<string> _fields = [];

    private RecipientsCsv(CsvLineReader lines, CsvHeader header)
    {
        _lines = lines;
        Header = header;
    }

    /// <summary>What the first line says.</summary>
    public CsvHeader Header { get; }

    /// <summary>Reads the header.</summary>
    /// <param name="stream">The file; read forward only, not closed.</param>
    /// <param name="unit">What the caller said; unspecified where the header has to say it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CsvException">The file is empty or its header is not one.</exception>
    public static async Task<RecipientsCsv> Open(Stream stream, AmountUnit unit, CancellationToken cancellationToken)
    {
        var lines = new CsvLineReader(stream);
        var fields = new List<string>();
        if (!await lines.Read(cancellationToken))
        {
            throw new CsvException(1, "the file is empty; it must begin with a header such as address,base_units");
        }

        if (lines.TooLong || CsvFields.Split(lines.Line, fields) is not null)
        {
            throw new CsvException(1, "this is no CSV header; the file must begin with a line such as address,base_units");
        }

        return new(lines, CsvHeader.Parse(fields, unit));
    }

    /// <summary>The rows, in portions; empty lines are passed over.</summary>
    /// <param name="portion">Rows at most in one portion, 1 or more.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async IAsyncEnumerable<RecipientRows> Read(
        int portion,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var rows = new RecipientRows();
        while (await _lines.Read(cancellationToken))
        {
            if (!_lines.TooLong && _lines.Line.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0)
            {
                continue;
            }

            rows.Rows.Add(Row());
            if (rows.Rows.Count >= portion)
            {
                yield return rows;
                rows = new();
            }
        }

        if (rows.Rows.Count > 0)
        {
            yield return rows;
        }
    }

    private RecipientRow Row()
    {
        var row = new RecipientRow { Line = _lines.Number };
        if (_lines.TooLong)
        {
            row.Defect = $"the line is longer than {CsvLineReader.MaxLineBytes:N0} bytes";
            return row;
        }

        row.Defect = CsvFields.Split(_lines.Line, _fields) ?? Columns();
        if (row.Defect.Length == 0)
        {
            row.Address = Cut(_fields[Header.Address]);
            row.Amount = Cut(_fields[Header.Amount]);
        }

        return row;
    }

    private string Columns() => _fields.Count == Header.Columns
        ? ""
        : $"the line has {_fields.Count} columns where the header has {Header.Columns}";

    /// <summary>No address or amount is that long; what is cut off could only make a bad one look longer.</summary>
    private static string Cut(string text) => text.Length <= ShownCharacters ? text : text[..ShownCharacters] + "…";
}
