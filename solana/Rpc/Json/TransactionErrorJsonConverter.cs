using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cluster.Solana;

/// <summary>
/// Reads <c>"BlockhashNotFound"</c>, <c>{"InstructionError":[3,{"Custom":17}]}</c>,
/// <c>{"InsufficientFundsForRent":{"account_index":2}}</c>, <c>{"DuplicateInstruction":1}</c> and whatever comes after
/// them. What it does not understand it keeps as an error without details; it never refuses a shape, because a
/// status list of 256 must stay readable when one of them fails in a new way.
/// </summary>
internal sealed class TransactionErrorJsonConverter : JsonConverter<TransactionError>
{
    private const string Unrecognized = "Unrecognized";
    private const int MaxNameLength = 64;

    public override TransactionError Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return new TransactionError { Code = Name(ref reader) };
            case JsonTokenType.StartObject:
                return ReadObject(ref reader);
            default:
                reader.Skip();
                return new TransactionError { Code = Unrecognized };
        }
    }

    public override void Write(Utf8JsonWriter writer, TransactionError value, JsonSerializerOptions options) =>
        throw new NotSupportedException("transaction errors are only read");

    private static TransactionError ReadObject(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            return new TransactionError { Code = Unrecognized };
        }

        var error = new TransactionError { Code = Name(ref reader) };
        reader.Read();
        error = ReadDetail(ref reader, error);
        SkipToEnd(ref reader, JsonTokenType.EndObject);
        return error;
    }

    private static TransactionError ReadDetail(ref Utf8JsonReader reader, TransactionError error)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartArray when error.Code == TransactionError.InstructionErrorCode:
                return ReadInstructionError(ref reader, error);
            case JsonTokenType.StartObject:
                return ReadAccountIndex(ref reader, error);
            case JsonTokenType.Number when reader.TryGetInt32(out var index):
                return error with { AccountIndex = index };
            default:
                reader.Skip();
                return error;
        }
    }

    private static TransactionError ReadAccountIndex(ref Utf8JsonReader reader, TransactionError error)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            var isIndex = reader.ValueTextEquals("account_index"u8);
            reader.Read();
            if (isIndex && reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var index))
            {
                error = error with { AccountIndex = index };
            }

            reader.Skip();
        }

        return error;
    }

    private static TransactionError ReadInstructionError(ref Utf8JsonReader reader, TransactionError error)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            return error;
        }

        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var index))
        {
            error = error with { InstructionIndex = index };
        }

        reader.Skip();
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            return error;
        }

        error = ReadInstructionCode(ref reader, error);
        SkipToEnd(ref reader, JsonTokenType.EndArray);
        return error;
    }

    private static TransactionError ReadInstructionCode(ref Utf8JsonReader reader, TransactionError error)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return error with { InstructionCode = Name(ref reader) };
        }

        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return error with { InstructionCode = Unrecognized };
        }

        reader.Read();
        if (reader.TokenType == JsonTokenType.EndObject)
        {
            return error with { InstructionCode = Unrecognized };
        }

        error = error with { InstructionCode = Name(ref reader) };
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetUInt32(out var custom))
        {
            error = error with { CustomCode = custom };
        }

        reader.Skip();
        SkipToEnd(ref reader, JsonTokenType.EndObject);
        return error;
    }

    /// <summary>Leaves the reader on the end of the container that it is in, whatever else is still there.</summary>
    private static void SkipToEnd(ref Utf8JsonReader reader, JsonTokenType end)
    {
        while (reader.Read() && reader.TokenType != end)
        {
            reader.Skip();
        }
    }

    private static string Name(ref Utf8JsonReader reader) =>
        reader.GetString() is { Length: > 0 and <= MaxNameLength } name && name.All(char.IsAsciiLetterOrDigit) ? name : Unrecognized;
}
