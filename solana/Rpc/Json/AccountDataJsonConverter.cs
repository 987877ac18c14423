using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cluster.Solana;

/// <summary>Reads account data as nodes encode it: <c>["AQID", "base64"]</c>.</summary>
internal sealed class AccountDataJsonConverter : JsonConverter<ReadOnlyMemory<byte>>
{
    public override ReadOnlyMemory<byte> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Expect(reader.TokenType == JsonTokenType.StartArray);
        reader.Read();
        Expect(reader.TokenType == JsonTokenType.String);
        Expect(reader.TryGetBytesFromBase64(out var data));
        reader.Read();
        Expect(reader.TokenType == JsonTokenType.String && reader.ValueTextEquals("base64"u8));
        reader.Read();
        Expect(reader.TokenType == JsonTokenType.EndArray);
        return data;
    }

    public override void Write(Utf8JsonWriter writer, ReadOnlyMemory<byte> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        writer.WriteBase64StringValue(value.Span);
        writer.WriteStringValue("base64"u8);
        writer.WriteEndArray();
    }

    private static void Expect(bool holds)
    {
        if (!holds)
        {
            throw new JsonException("expected account data as [base64 text, \"base64\"]");
        }
    }
}
