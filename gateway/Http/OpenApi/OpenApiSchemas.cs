using System.Text.Json.Nodes;
using Google.Protobuf.Reflection;

namespace Cluster.Gateway.Http.OpenApi;

/// <summary>
/// JSON schemas of messages and enums in protobuf's JSON mapping, each made once when it is first referred to.
/// </summary>
/// <remarks>https://protobuf.dev/programming-guides/json/, https://json-schema.org/draft/2020-12</remarks>
internal sealed class OpenApiSchemas(ProtoComments comments)
{
    private readonly HashSet<string> _made = [];

    /// <summary>By name, as <c>components.schemas</c> holds them.</summary>
    public JsonObject All { get; } = [];

    /// <summary>A reference to a message's schema.</summary>
    public JsonObject Of(MessageDescriptor message)
    {
        if (_made.Add(message.FullName))
        {
            var properties = new JsonObject();
            foreach (var field in message.Fields.InDeclarationOrder())
            {
                properties[field.JsonName] = Described(field.FullName, OfField(field));
            }

            // Replies may gain fields; a request with a field that is not known is refused.
            All[NameOf(message)] = Described(message.FullName, new JsonObject
            {
                ["type"] = "object",
                ["properties"] = properties,
            });
        }

        return Reference(NameOf(message));
    }

    private JsonObject OfField(FieldDescriptor field)
    {
        if (field.IsMap)
        {
            return new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = OfValue(field.MessageType.FindFieldByNumber(2)),
            };
        }

        return field.IsRepeated
            ? new JsonObject { ["type"] = "array", ["items"] = OfValue(field) }
            : OfValue(field);
    }

    private JsonObject OfValue(FieldDescriptor field) => field.FieldType switch
    {
        FieldType.Message => OfMessageValue(field.MessageType),
        FieldType.Enum => OfEnum(field.EnumType),
        FieldType.String => new JsonObject { ["type"] = "string" },
        FieldType.Bytes => new JsonObject { ["type"] = "string", ["contentEncoding"] = "base64" },
        FieldType.Bool => new JsonObject { ["type"] = "boolean" },
        FieldType.UInt64 or FieldType.Fixed64 => new JsonObject { ["type"] = "string", ["format"] = "uint64", ["pattern"] = "^[0-9]{1,20}$" },
        FieldType.Int64 or FieldType.SInt64 or FieldType.SFixed64 => new JsonObject { ["type"] = "string", ["format"] = "int64", ["pattern"] = "^-?[0-9]{1,19}$" },
        FieldType.UInt32 or FieldType.Fixed32 => new JsonObject { ["type"] = "integer", ["minimum"] = 0, ["maximum"] = uint.MaxValue },
        FieldType.Int32 or FieldType.SInt32 or FieldType.SFixed32 => new JsonObject { ["type"] = "integer", ["minimum"] = int.MinValue, ["maximum"] = int.MaxValue },
        _ => new JsonObject { ["type"] = "number" },
    };

    private JsonObject OfMessageValue(MessageDescriptor message) => message.FullName switch
    {
        "google.protobuf.Timestamp" => new JsonObject { ["type"] = "string", ["format"] = "date-time" },
        "google.protobuf.Duration" => new JsonObject { ["type"] = "string", ["pattern"] = "^-?[0-9]+(\\.[0-9]+)?s$" },
        _ => Of(message),
    };

    private JsonObject OfEnum(EnumDescriptor type)
    {
        if (_made.Add(type.FullName))
        {
            var meanings = type.Values
                .Where(value => comments.Of(ValueName(type, value)).Length > 0)
                .Select(value => $"{value.Name}: {comments.Of(ValueName(type, value))}");
            All[NameOf(type)] = new JsonObject
            {
                ["type"] = "string",
                ["description"] = string.Join("\n\n", meanings.Prepend(comments.Of(type.FullName)).Where(text => text.Length > 0)),
                ["enum"] = new JsonArray([.. type.Values.Select(value => JsonValue.Create(value.Name))]),
            };
        }

        return Reference(NameOf(type));
    }

    private JsonObject Described(string fullName, JsonObject schema)
    {
        if (comments.Of(fullName) is { Length: > 0 } comment)
        {
            schema["description"] = comment;
        }

        return schema;
    }

    private static string ValueName(EnumDescriptor type, EnumValueDescriptor value) => $"{type.FullName}.{value.Name}";

    private static string NameOf(IDescriptor type) =>
        type.FullName.StartsWith("cluster.v1.", StringComparison.Ordinal) ? type.FullName["cluster.v1.".Length..] : type.FullName;

    private static JsonObject Reference(string name) => new() { ["$ref"] = $"#/components/schemas/{name}" };
}
