using System.Text;
using System.Text.Json;

namespace Cluster.Solana;

/// <summary>Reads short texts of replies without allocating.</summary>
internal static class JsonText
{
    /// <summary>Longer than any base58 text of 64 bytes (88).</summary>
    public const int MaxBase58 = 96;

    /// <summary>Copies the current string and returns its length; 0 where it cannot be base58.</summary>
    public static int CopyBase58(ref Utf8JsonReader reader, scoped Span<char> buffer)
    {
        if (reader.TokenType != JsonTokenType.String || reader.HasValueSequence || reader.ValueIsEscaped
            || reader.ValueSpan.Length > buffer.Length)
        {
            return 0;
        }

        return Encoding.ASCII.TryGetChars(reader.ValueSpan, buffer, out var written) ? written : 0;
    }
}
