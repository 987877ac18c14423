using System.Text.Json.Serialization;
using Cluster.Gateway.Health;
using Cluster.Gateway.Operations;

namespace Cluster.Gateway.Http;

/// <summary>An error as JSON: <c>{ "error": { "code": …, "message": …, "request_id": … } }</c>.</summary>
internal sealed record ErrorBody(ErrorDetail Error)
{
    /// <summary>The body for an error.</summary>
    public static ErrorBody Of(EdgeError error, string requestId) =>
        new(new ErrorDetail(HttpStatus.NameOf(error.Status), error.Message, requestId));
}

/// <summary>What went wrong.</summary>
/// <param name="Code">The status as gRPC spells it.</param>
/// <param name="Message">For people.</param>
/// <param name="RequestId">Finds the request in the log.</param>
internal sealed record ErrorDetail(string Code, string Message, string RequestId);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(HealthReport))]
internal sealed partial class HttpJson : JsonSerializerContext;
