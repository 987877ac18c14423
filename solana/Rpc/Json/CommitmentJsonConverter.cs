using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cluster.Solana;

internal sealed class CommitmentJsonConverter : JsonConverter<Commitment>
{
    public static ReadOnlySpan<byte> Name(Commitment commitment) => commitment switch
    {
        Commitment.Processed => "processed"u8,
        Commitment.Confirmed => "confirmed"u8,
        Commitment.Finalized => "finalized"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(commitment), commitment, "not a commitment"),
    };

    public override Commitment Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            foreach (var commitment in (ReadOnlySpan<Commitment>)[Commitment.Processed, Commitment.Confirmed, Commitment.Finalized])
            {
                if (reader.ValueTextEquals(Name(commitment)))
                {
                    return commitment;
                }
            }
        }

        throw new JsonException("expected processed, confirmed or finalized");
    }

    public override void Write(Utf8JsonWriter writer, Commitment value, JsonSerializerOptions options) =>
        writer.WriteStringValue(Name(value));
}
