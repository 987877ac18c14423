using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cluster.Solana;

/// <summary>The <c>error</c> of a JSON-RPC reply.</summary>
internal sealed record RpcErrorBody(
    int Code, string Message, [property: JsonConverter(typeof(RpcErrorDataJsonConverter))] RpcErrorData? Data = null);

/// <summary>What Solana nodes put into the <c>data</c> of an error.</summary>
internal sealed record RpcErrorData
{
    public TransactionError? TransactionError { get; init; }

    public IReadOnlyList<string> Logs { get; init; } = [];

    public ulong? SlotsBehind { get; init; }

    public ulong? ContextSlot { get; init; }
}

/// <summary>
/// Reads the parts of an error's data that it knows. Providers put anything there, so what has another shape is passed
/// over: the error itself must reach the caller.
/// </summary>
internal sealed class RpcErrorDataJsonConverter : JsonConverter<RpcErrorData>
{
    private const int MaxLogLines = 256;

    private static readonly TransactionErrorJsonConverter Errors = new();

    public override RpcErrorData Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        var data = new RpcErrorData();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return data;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            data = ReadProperty(ref reader, data, options);
        }

        return data;
    }

    public override void Write(Utf8JsonWriter writer, RpcErrorData value, JsonSerializerOptions options) =>
        throw new NotSupportedException("errors are only read");

    private static RpcErrorData ReadProperty(ref Utf8JsonReader reader, RpcErrorData data, JsonSerializerOptions options)
    {
        if (reader.ValueTextEquals("err"u8))
        {
            reader.Read();
            return reader.TokenType == JsonTokenType.Null
                ? data
                : data with { TransactionError = Errors.Read(ref reader, typeof(TransactionError), options) };
        }

        if (reader.ValueTextEquals("logs"u8))
        {
            reader.Read();
            return data with { Logs = ReadLogs(ref reader) };
        }

        if (reader.ValueTextEquals("numSlotsBehind"u8))
        {
            return data with { SlotsBehind = ReadSlot(ref reader) };
        }

        if (reader.ValueTextEquals("contextSlot"u8))
        {
            return data with { ContextSlot = ReadSlot(ref reader) };
        }

        reader.Skip();
        return data;
    }

    private static ulong? ReadSlot(ref Utf8JsonReader reader)
    {
        reader.Read();
        ulong? slot = reader.TokenType == JsonTokenType.Number && reader.TryGetUInt64(out var number) ? number : null;
        reader.Skip();
        return slot;
    }

    private static List<string> ReadLogs(ref Utf8JsonReader reader)
    {
        var logs = new List<string>();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return logs;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType == JsonTokenType.String && logs.Count < MaxLogLines)
            {
                logs.Add(reader.GetString()!);
            }

            reader.Skip();
        }

        return logs;
    }
}
