using System.Text;
using Cluster.Gateway.Configuration;
using Cluster.Silo.Hosting;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cluster.Gateway.Http;

/// <summary>
/// Protobuf's JSON mapping: names in lowerCamelCase (the contracts' own names are read too), 64-bit integers as strings,
/// enums by name, bytes in base64. What is not known is refused, not ignored.
/// </summary>
/// <remarks>https://protobuf.dev/programming-guides/json/</remarks>
internal sealed class JsonMapping(LimitsOptions limits)
{
    /// <summary>Of a parser's message that repeats what the caller sent.</summary>
    private const int MaxReasonLength = 300;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly JsonFormatter _formatter = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));
    private readonly JsonParser _parser = new(new JsonParser.Settings(limits.MaxJsonDepth).WithIgnoreUnknownFields(false));

    /// <summary>Reads a message; an empty body is an empty message.</summary>
    /// <param name="type">The message's type.</param>
    /// <param name="body">UTF-8.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>, with what is wrong and where.</exception>
    public IMessage Parse(MessageDescriptor type, ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty)
        {
            return type.Parser.ParseFrom(ReadOnlySpan<byte>.Empty);
        }

        try
        {
            return _parser.Parse(StrictUtf8.GetString(body), type);
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or InvalidJsonException or ArgumentException or InvalidOperationException or FormatException or OverflowException)
        {
            // Beside its own exceptions, the parser lets some of the number and text converters' through.
            var reason = error is DecoderFallbackException ? "the text is not UTF-8" : error.Message;
            throw new ClusterException(
                StatusCode.InvalidArgument,
                $"the body is not a {type.Name}: {(reason.Length > MaxReasonLength ? reason[..MaxReasonLength] : reason)}",
                error);
        }
    }

    /// <summary>Writes a message, fields with their default values included.</summary>
    public byte[] Format(IMessage message) => Encoding.UTF8.GetBytes(_formatter.Format(message));
}
