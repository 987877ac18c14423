using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Cluster.Solana;

/// <summary>
/// Reads JSON-RPC 2.0 replies, single and batched, out of bytes that nothing is assumed of: whatever they are, the answer
/// is a value or an <see cref="RpcException"/>, and memory stays within a small multiple of their length.
/// </summary>
internal static class RpcReplyReader
{
    /// <summary>The id of a request that is sent alone. Those of a batch count from 0.</summary>
    public const int SingleId = 1;

    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = RpcJson.MaxDepth };

    public static RpcResult<T> Read<T>(ReadOnlySpan<byte> reply, JsonTypeInfo<T> type, CallSite site, bool nullable = false)
    {
        try
        {
            var reader = new Utf8JsonReader(reply, ReaderOptions);
            reader.Read();
            var (id, result) = ReadEnvelope(ref reader, type, site, nullable);
            if (reader.Read())
            {
                return site.Malformed("something follows it");
            }

            // Nodes answer id null where they could not read the request: then only an error can be meant.
            return id == SingleId || (id is null && result.Error is not null)
                ? result
                : site.Malformed($"its id is {id?.ToString() ?? "missing"} and not {SingleId}");
        }
        catch (JsonException exception)
        {
            return site.Malformed(Describe(exception));
        }
        catch (InvalidOperationException exception)
        {
            return site.Malformed(exception.Message);
        }
    }

    /// <summary>
    /// Reads the reply to a batch, in the order of the requests. A request without an answer, or with two, fails alone;
    /// a reply that is no batch fails them all.
    /// </summary>
    public static RpcResult<RpcResult<T>[]> ReadBatch<T>(ReadOnlySpan<byte> reply, int count, JsonTypeInfo<T> type, CallSite site)
    {
        try
        {
            var reader = new Utf8JsonReader(reply, ReaderOptions);
            reader.Read();
            if (reader.TokenType == JsonTokenType.StartObject)
            {
                // One error for the whole batch: how endpoints say that they take none.
                var (_, single) = ReadEnvelope(ref reader, type, site, nullable: false);
                return single.Error ?? site.Malformed("one answer to a batch");
            }

            return ReadArray(ref reader, count, type, site);
        }
        catch (JsonException exception)
        {
            return site.Malformed(Describe(exception));
        }
        catch (InvalidOperationException exception)
        {
            return site.Malformed(exception.Message);
        }
    }

    private static RpcResult<RpcResult<T>[]> ReadArray<T>(ref Utf8JsonReader reader, int count, JsonTypeInfo<T> type, CallSite site)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return site.Malformed("neither an object nor an array");
        }

        var results = new RpcResult<T>?[count];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var (id, result) = ReadEnvelope(ref reader, type, site, nullable: false);
            if (id is >= 0 && id < count)
            {
                results[id.Value] = results[id.Value] is null ? result : site.Malformed($"two answers to request {id}");
            }
        }

        return Array.ConvertAll(results, result => result ?? site.Malformed("no answer to this request of the batch"));
    }

    private static (int? Id, RpcResult<T> Result) ReadEnvelope<T>(
        ref Utf8JsonReader reader, JsonTypeInfo<T> type, CallSite site, bool nullable)
    {
        Expect(reader.TokenType == JsonTokenType.StartObject, "expected an object");
        int? id = null;
        RpcErrorBody? error = null;
        T? result = default;
        bool hasId = false, hasResult = false, hasError = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            if (reader.ValueTextEquals("result"u8))
            {
                Expect(!hasResult, "two results");
                hasResult = true;
                reader.Read();
                result = JsonSerializer.Deserialize(ref reader, type);
                Expect(nullable || result is not null, "its result is null");
            }
            else if (reader.ValueTextEquals("error"u8))
            {
                Expect(!hasError, "two errors");
                hasError = true;
                reader.Read();
                error = JsonSerializer.Deserialize(ref reader, RpcJson.Default.RpcErrorBody);
            }
            else if (reader.ValueTextEquals("id"u8))
            {
                Expect(!hasId, "two ids");
                hasId = true;
                reader.Read();
                id = ReadId(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        return (id, (error, hasResult) switch
        {
            (not null, false) => site.FromNode(error),
            (null, true) => result!,
            (not null, true) => site.Malformed("both a result and an error"),
            _ => site.Malformed("neither a result nor an error"),
        });
    }

    private static int? ReadId(ref Utf8JsonReader reader)
    {
        int? id = reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var number) ? number : null;
        reader.Skip();
        return id;
    }

    private static void Expect(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new JsonException(otherwise);
        }
    }

    private static string Describe(JsonException exception) =>
        exception.BytePositionInLine is { } position
            ? $"{exception.Message} (byte {position} of line {exception.LineNumber + 1})"
            : exception.Message;
}
