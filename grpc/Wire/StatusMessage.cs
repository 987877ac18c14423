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

    public static string Encode(string message)
    {
        if (!message.AsSpan().ContainsAnyExcept(Plain) && !EndsInBlank(message))
        {
            return message;
        }

        var utf8 = Encoding.UTF8.GetBytes(message);
        var encoded = new StringBuilder(utf8.Length + 32);
        for (var i = 0; i < utf8.Length; i++)
        {
            // Blanks at the ends are valid but would be trimmed as header white space on the way.
            var trimmable = utf8[i] == ' ' && (i == 0 || i == utf8.Length - 1);
            if (PlainBytes.Contains(utf8[i]) && !trimmable)
            {
                encoded.Append((char)utf8[i]);
            }
            else
            {
                encoded.Append(CultureInfo.InvariantCulture, $"%{utf8[i]:X2}");
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

    private static bool EndsInBlank(string message) => message.StartsWith(' ') || message.EndsWith(' ');
}
