using System.Text;

namespace Cluster.Cli.Csv;

/// <summary>Splits one line into fields (RFC 4180, but a quoted field ends on its line).</summary>
internal static class CsvFields
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Splits a line.</summary>
    /// <param name="line">Without its end.</param>
    /// <param name="fields">Cleared, then filled; spaces around a field are dropped.</param>
    /// <returns>What is wrong with the line, or null.</returns>
    public static string? Split(ReadOnlySpan<byte> line, List<string> fields)
    {
        fields.Clear();
        var at = 0;
        while (true)
        {
            at += Spaces(line[at..]);
            var defect = at < line.Length && line[at] == (byte)'"'
                ? ReadQuoted(line, ref at, fields)
                : ReadBare(line, ref at, fields);
            if (defect is not null)
            {
                return defect;
            }

            if (at >= line.Length)
            {
                return null;
            }

            at++;
        }
    }

    private static int Spaces(ReadOnlySpan<byte> text)
    {
        var count = text.IndexOfAnyExcept((byte)' ', (byte)'\t');
        return count < 0 ? text.Length : count;
    }

    private static string? ReadBare(ReadOnlySpan<byte> line, ref int at, List<string> fields)
    {
        var length = line[at..].IndexOf((byte)',');
        var field = length < 0 ? line[at..] : line.Slice(at, length);
        if (field.Contains((byte)'"'))
        {
            return $"column {fields.Count + 1} has a quote in the middle of a bare field";
        }

        at += field.Length;
        return Add(field.TrimEnd(" \t"u8), fields);
    }

    private static string? ReadQuoted(ReadOnlySpan<byte> line, ref int at, List<string> fields)
    {
        Span<byte> unquoted = stackalloc byte[CsvLineReader.MaxLineBytes];
        var length = 0;
        at++;
        while (at < line.Length)
        {
            if (line[at] != (byte)'"')
            {
                unquoted[length++] = line[at++];
                continue;
            }

            if (at + 1 < line.Length && line[at + 1] == (byte)'"')
            {
                unquoted[length++] = (byte)'"';
                at += 2;
                continue;
            }

            at++;
            at += Spaces(line[at..]);
            return at < line.Length && line[at] != (byte)','
                ? $"column {fields.Count + 1} goes on after its closing quote"
                : Add(unquoted[..length], fields);
        }

        return $"the quote of column {fields.Count + 1} is not closed on its line";
    }

    private static string? Add(ReadOnlySpan<byte> field, List<string> fields)
    {
        try
        {
            fields.Add(Strict.GetString(field));
            return null;
        }
        catch (DecoderFallbackException)
        {
            return $"column {fields.Count + 1} is not valid UTF-8";
        }
    }
}
