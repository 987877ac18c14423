using System.Text.Json;

namespace Cluster.Solana;

/// <summary>Writes the parameters that many methods share.</summary>
internal static class RpcParams
{
    public static void WritePublicKey(Utf8JsonWriter writer, PublicKey key)
    {
        Span<byte> text = stackalloc byte[PublicKey.MaxTextLength];
        key.TryFormat(text, out var length);
        writer.WriteStringValue(text[..length]);
    }

    public static void WritePublicKeys(Utf8JsonWriter writer, ReadOnlySpan<PublicKey> keys)
    {
        writer.WriteStartArray();
        foreach (var key in keys)
        {
            WritePublicKey(writer, key);
        }

        writer.WriteEndArray();
    }

    public static void WriteSignature(Utf8JsonWriter writer, Signature signature)
    {
        Span<byte> text = stackalloc byte[Signature.MaxTextLength];
        signature.TryFormat(text, out var length);
        writer.WriteStringValue(text[..length]);
    }

    /// <summary>The config object of a method that takes commitment and slot; left out where neither is asked for.</summary>
    public static void WriteConfig(Utf8JsonWriter writer, RpcQuery query)
    {
        if (query == default)
        {
            return;
        }

        writer.WriteStartObject();
        WriteQuery(writer, query);
        writer.WriteEndObject();
    }

    /// <summary>Commitment and slot, inside a config object.</summary>
    public static void WriteQuery(Utf8JsonWriter writer, RpcQuery query)
    {
        WriteCommitment(writer, query.Commitment);
        if (query.MinContextSlot is { } slot)
        {
            writer.WriteNumber("minContextSlot"u8, slot);
        }
    }

    public static void WriteCommitment(Utf8JsonWriter writer, Commitment? commitment)
    {
        if (commitment is { } given)
        {
            writer.WriteString("commitment"u8, CommitmentJsonConverter.Name(given));
        }
    }

    public static void WriteAccountConfig(Utf8JsonWriter writer, RpcQuery query, DataSlice? slice)
    {
        writer.WriteStartObject();
        writer.WriteString("encoding"u8, "base64"u8);
        WriteQuery(writer, query);
        if (slice is { } part)
        {
            writer.WriteStartObject("dataSlice"u8);
            writer.WriteNumber("offset"u8, part.Offset);
            writer.WriteNumber("length"u8, part.Length);
            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
