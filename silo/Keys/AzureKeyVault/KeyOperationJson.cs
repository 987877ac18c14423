using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Cluster.Silo.Keys.AzureKeyVault;

/// <summary>
/// Writes and reads the messages of wrapkey and unwrapkey in memory that is wiped: they hold data keys in the clear.
/// </summary>
internal static class KeyOperationJson
{
    /// <summary>A wrapped key of RSA-4096 has 683 characters; the rest is its id.</summary>
    private const int MaxReply = 8 * 1024;

    /// <summary><c>{"alg":…,"value":…}</c></summary>
    public static SecretBytes Write(string algorithm, ReadOnlySpan<byte> value)
    {
        var head = Encoding.ASCII.GetBytes($$"""{"alg":"{{algorithm}}","value":" """.TrimEnd());
        var length = Base64Url.GetEncodedLength(value.Length);
        var json = new SecretBytes(head.Length + length + 2);
        head.CopyTo(json.Span);
        Base64Url.EncodeToUtf8(value, json.Span[head.Length..]);
        "\"}"u8.CopyTo(json.Span[(head.Length + length)..]);
        return json;
    }

    /// <summary>The whole of a reply, filled up with spaces.</summary>
    /// <exception cref="KeyException">It is longer than any reply is.</exception>
    public static async Task<SecretBytes> ReadBody(Stream? stream, CancellationToken cancellationToken)
    {
        var body = new SecretBytes(MaxReply);
        try
        {
            var filled = 0;
            for (int read; stream is not null && (read = await stream.ReadAsync(body.Memory[filled..], cancellationToken)) > 0;)
            {
                filled += read;
                if (filled == MaxReply) throw new KeyException($"The vault's reply has more than {MaxReply} bytes.");
            }

            body.Span[filled..].Fill((byte)' ');
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    /// <summary>Decodes the member <c>value</c>.</summary>
    /// <param name="json">From <see cref="ReadBody"/>.</param>
    /// <param name="value">Takes it.</param>
    /// <returns>Its length; -1 where there is none that fits.</returns>
    public static int ReadValue(ReadOnlySpan<byte> json, Span<byte> value)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1 && reader.ValueTextEquals("value"u8))
                {
                    return reader.Read() && reader.TokenType == JsonTokenType.String
                        && Base64Url.TryDecodeFromUtf8(reader.ValueSpan, value, out var written)
                        ? written
                        : -1;
                }
            }

            return -1;
        }
        catch (Exception error) when (error is JsonException or FormatException)
        {
            return -1;
        }
    }
}
