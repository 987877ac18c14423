using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cluster.Solana;

/// <summary>Reads and writes a value whose text is base58.</summary>
internal abstract class Base58JsonConverter<T>(string what) : JsonConverter<T>
    where T : struct
{
    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        Span<char> text = stackalloc char[JsonText.MaxBase58];
        return TryParse(text[..JsonText.CopyBase58(ref reader, text)], out var value)
            ? value
            : throw new JsonException($"expected a {what} in base58");
    }

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());

    protected abstract bool TryParse(ReadOnlySpan<char> text, out T value);
}

internal sealed class PublicKeyJsonConverter() : Base58JsonConverter<PublicKey>("public key")
{
    protected override bool TryParse(ReadOnlySpan<char> text, out PublicKey value) => PublicKey.TryParse(text, out value);
}

internal sealed class SignatureJsonConverter() : Base58JsonConverter<Signature>("signature")
{
    protected override bool TryParse(ReadOnlySpan<char> text, out Signature value) => Signature.TryParse(text, out value);
}

internal sealed class BlockhashJsonConverter() : Base58JsonConverter<Blockhash>("blockhash")
{
    protected override bool TryParse(ReadOnlySpan<char> text, out Blockhash value) => Blockhash.TryParse(text, out value);
}
