using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cluster.Gateway.Operations;
using Cluster.Silo.Grains.Access;
using Cluster.Silo.Hosting.Contracts;
using Cluster.V1;
using Google.Protobuf.Reflection;

namespace Cluster.Gateway.Http.OpenApi;

/// <summary>The API as JSON over HTTP, described for machines: made from the contracts, so that it cannot differ from them.</summary>
/// <remarks>https://spec.openapis.org/oas/v3.1.0</remarks>
internal sealed class OpenApiDocument
{
    private const string Json = "application/json";

    private const string JsonLines = "application/x-ndjson";

    private static readonly JsonSerializerOptions Readable = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private readonly ProtoComments _comments = ProtoComments.EmbeddedIn(typeof(Wallet).Assembly);
    private readonly OpenApiSchemas _schemas;

    public OpenApiDocument(OperationTable operations)
    {
        _schemas = new OpenApiSchemas(_comments);
        var paths = new JsonObject();
        foreach (var operation in operations.All)
        {
            paths[$"/v1/{operation.PublicName()}"] = new JsonObject { ["post"] = OfOperation(operation) };
        }

        _schemas.All["Error"] = ErrorSchema();
        var document = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "Cluster",
                ["version"] = "1",
                ["description"] = "Wallets, payments and airdrops on Solana. The same operations are served over gRPC (cluster.v1). "
                    + "Amounts are unsigned 64-bit integers in base units, as strings.",
            },
            ["tags"] = Tags(operations),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = _schemas.All,
                ["responses"] = new JsonObject { ["Error"] = ErrorResponse() },
                ["securitySchemes"] = new JsonObject
                {
                    ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" },
                    ["apiKey"] = new JsonObject { ["type"] = "apiKey", ["in"] = "header", ["name"] = "x-api-key" },
                },
            },
            ["security"] = new JsonArray(
                new JsonObject { ["bearer"] = new JsonArray() },
                new JsonObject { ["apiKey"] = new JsonArray() }),
        };
        Utf8 = JsonSerializer.SerializeToUtf8Bytes(document, Readable);
    }

    /// <summary>The document.</summary>
    public ReadOnlyMemory<byte> Utf8 { get; }

    /// <summary>Serves it.</summary>
    public async Task Handle(HttpContext http)
    {
        http.Response.ContentType = Json;
        http.Response.ContentLength = Utf8.Length;
        await http.Response.BodyWriter.WriteAsync(Utf8, http.RequestAborted);
    }

    private JsonObject OfOperation(Operation operation)
    {
        var method = operation.Method;
        var comment = _comments.Of(method.FullName);
        var permission = PermissionSet.NameOf(operation.Permission);
        var described = new JsonObject
        {
            ["operationId"] = $"{method.Service.Name}_{method.Name}",
            ["tags"] = new JsonArray(method.Service.Name),
            ["description"] = $"{comment}\n\nNeeds the permission {permission}{Others(operation)}.{StreamNote(method)}".Trim(),
            ["x-permission"] = permission,
            ["x-also"] = new JsonArray([.. operation.Also.Select(also => JsonValue.Create(PermissionSet.NameOf(also)))]),
            ["x-read-only"] = operation.ReadOnly,
        };
        if (operation.KeyField() is { Length: > 0 } key)
        {
            described["x-key"] = key;
        }

        described["requestBody"] = new JsonObject
        {
            ["required"] = true,
            ["content"] = Content(Json, _schemas.Of(method.InputType)),
        };
        described["responses"] = new JsonObject
        {
            ["200"] = Success(method),
            ["default"] = new JsonObject { ["$ref"] = "#/components/responses/Error" },
        };
        return described;
    }

    private JsonObject Success(MethodDescriptor method)
    {
        var reply = _schemas.Of(method.OutputType);
        return method.IsServerStreaming
            ? new JsonObject
            {
                ["description"] = $"A line for each {method.OutputType.Name}; a stream that breaks ends with a line that holds the error.",
                ["content"] = Content(JsonLines, new JsonObject
                {
                    ["type"] = "object",
                    ["properties"] = new JsonObject
                    {
                        ["result"] = reply,
                        ["error"] = new JsonObject { ["$ref"] = "#/components/schemas/Error/properties/error" },
                    },
                }),
            }
            : new JsonObject
            {
                ["description"] = $"The {method.OutputType.Name}.",
                ["content"] = Content(Json, reply),
            };
    }

    private static string StreamNote(MethodDescriptor method) => method.IsClientStreaming
        ? " Takes a stream of requests: served over gRPC alone, answered 501 here."
        : "";

    private static string Others(Operation operation) =>
        string.Concat(operation.Also.Select(also => $" and {PermissionSet.NameOf(also)}"));

    private JsonArray Tags(OperationTable operations) => new(
    [
        .. operations.All.Select(operation => operation.Method.Service).Distinct().Select(service => new JsonObject
        {
            ["name"] = service.Name,
            ["description"] = _comments.Of(service.FullName),
        }),
    ]);

    private static JsonObject Content(string type, JsonObject schema) => new() { [type] = new JsonObject { ["schema"] = schema } };

    private static JsonObject ErrorResponse() => new()
    {
        ["description"] = "What went wrong.",
        ["content"] = Content(Json, new JsonObject { ["$ref"] = "#/components/schemas/Error" }),
    };

    private static JsonObject ErrorSchema() => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray("error"),
        ["properties"] = new JsonObject
        {
            ["error"] = new JsonObject
            {
                ["type"] = "object",
                ["required"] = new JsonArray("code", "message", "request_id"),
                ["properties"] = new JsonObject
                {
                    ["code"] = new JsonObject
                    {
                        ["type"] = "string",
                        ["description"] = "The status as gRPC spells it.",
                        ["enum"] = new JsonArray(
                        [
                            .. Enum.GetValues<Silo.Hosting.StatusCode>()
                                .Where(status => status != Silo.Hosting.StatusCode.Ok)
                                .Select(status => JsonValue.Create(HttpStatus.NameOf(status))),
                        ]),
                    },
                    ["message"] = new JsonObject { ["type"] = "string", ["description"] = "What was wrong and what to do." },
                    ["request_id"] = new JsonObject { ["type"] = "string", ["description"] = "Finds the request in the log." },
                },
            },
        },
    };
}
