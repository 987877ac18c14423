using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cluster.Solana;

/// <summary>Reads program logs: an array of strings, none of them null.</summary>
internal sealed class LogLinesJsonConverter : JsonConverter<IReadOnlyList<string>>
{
    public override IReadOnlyList<string> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("expected an array of log lines");
        }

        var lines = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String)
            {
                throw new JsonException("expected a log line");
            }

            lines.Add(reader.GetString()!);
        }

        return lines;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (var line in value)
        {
            writer.WriteStringValue(line);
        }

        writer.WriteEndArray();
    }
}
