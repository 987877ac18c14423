using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cluster.Solana;

internal sealed class PublicKeyJsonConverter : JsonConverter<PublicKey>
{
    public override PublicKey Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Span<char> text = stackalloc char[JsonText.MaxBase58];
        return PublicKey.TryParse(text[..JsonText.CopyBase58(ref reader, text)], out var key)
            ? key
            : throw new JsonException("expected a public key in base58");
    }

    public override void Write(Utf8JsonWriter writer, PublicKey value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

internal sealed class SignatureJsonConverter : JsonConverter<Signature>
{
    public override Signature Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Span<char> text = stackalloc char[JsonText.MaxBase58];
        return Signature.TryParse(text[..JsonText.CopyBase58(ref reader, text)], out var signature)
            ? signature
            : throw new JsonException("expected a signature in base58");
    }

    public override void Write(Utf8JsonWriter writer, Signature value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}

internal sealed class BlockhashJsonConverter : JsonConverter<Blockhash>
{
    public override Blockhash Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Span<char> text = stackalloc char[JsonText.MaxBase58];
        return Blockhash.TryParse(text[..JsonText.CopyBase58(ref reader, text)], out var blockhash)
            ? blockhash
            : throw new JsonException("expected a blockhash in base58");
    }

    public override void Write(Utf8JsonWriter writer, Blockhash value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
