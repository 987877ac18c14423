using System.Buffers;
using System.Globalization;
using System.Text;

namespace Cluster.Grpc.Wire;

/// <summary>The value of <c>grpc-message</c>: UTF-8, everything but printable ASCII and <c>%</c> itself percent-encoded.</summary>
internal static class StatusMessage
{
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (char)c).Where(c => c != '%').ToArray());

    private static readonly SearchValues<byte> PlainBytes = SearchValues.Create(
        Enumerable.Range(' ', '~' - ' ' + 1).Select(c => (byte)c).Where(c => c != '%').ToArray());

    /// <summary>
    /// Longest encoded value in characters. Clients refuse a response whose headers are too large (many from 8 KiB on) and
    /// the caller would then not even learn the code; what is longer is cut and ends in three dots.
    /// </summary>
    public const int MaxEncodedLength = 6 * 1024;

    private const string Cut = "...";

    public static string Encode(string message)
    {
        if (message.Length <= MaxEncodedLength && !message.AsSpan().ContainsAnyExcept(Plain) && !EndsInBlank(message))
        {
            return message;
        }

        var encoded = new StringBuilder(Math.Min(message.Length + 32, MaxEncodedLength));
        Span<byte> utf8 = stackalloc byte[4];
        var position = 0;
        foreach (var rune in message.EnumerateRunes())
        {
            // Blanks at the ends are valid but would be trimmed as header white space on the way.
            var trimmable = rune.Value == ' ' && (position == 0 || position == message.Length - 1);
            var bytes = utf8[..rune.EncodeToUtf8(utf8)];
            var length = encoded.Length;
            Append(encoded, bytes, trimmable);
            position += rune.Utf16SequenceLength;
            if (encoded.Length > MaxEncodedLength - Cut.Length && (position < message.Length || encoded.Length > MaxEncodedLength))
            {
                return encoded.Remove(length, encoded.Length - length).Append(Cut).ToString();
            }
        }

        return encoded.ToString();
    }

    /// <summary>Never fails: a broken escape stays as it is, broken UTF-8 becomes the replacement character.</summary>
    public static string Decode(string value)
    {
        if (!value.Contains('%', StringComparison.Ordinal))
        {
            return value;
        }

        var utf8 = new ArrayBufferWriter<byte>(value.Length);
        for (var rest = value.AsSpan(); !rest.IsEmpty;)
        {
            if (rest.Length >= 3 && rest[0] == '%' && byte.TryParse(rest[1..3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var escaped))
            {
                utf8.Write([escaped]);
                rest = rest[3..];
                continue;
            }

            var plain = rest[1..].IndexOf('%') is >= 0 and var next ? next + 1 : rest.Length;
            Encoding.UTF8.GetBytes(rest[..plain], utf8);
            rest = rest[plain..];
        }

        return Encoding.UTF8.GetString(utf8.WrittenSpan);
    }

    private static void Append(StringBuilder encoded, ReadOnlySpan<byte> utf8, bool escape)
    {
        foreach (var next in utf8)
        {
            if (PlainBytes.Contains(next) && !escape)
            {
                encoded.Append((char)next);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{next:X2}");
            }
        }
    }

    private static bool EndsInBlank(string message) => message.StartsWith(' ') || message.EndsWith(' ');
}
