using System.Text.Json.Nodes;
using Cluster.Gateway.Http.OpenApi;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.Gateway;

public sealed class OpenApiTests
{
    [Fact]
    public async Task The_document_has_the_structure_of_openapi_3_1()
    {
        await using var gateway = await GatewayUnderTest.Start();
        var document = await Read(gateway);

        Assert.Equal("3.1.0", (string?)document["openapi"]);
        Assert.NotEmpty((string)document["info"]!["title"]!);
        Assert.NotEmpty((string)document["info"]!["version"]!);
        Assert.Equal(["openapi", "info", "tags", "paths", "components", "security"], document.AsObject().Select(member => member.Key));
        var schemes = document["components"]!["securitySchemes"]!.AsObject();
        Assert.All(document["security"]!.AsArray(), alternative => Assert.Contains(alternative!.AsObject().Single().Key, schemes));
        var ids = new HashSet<string>();
        foreach (var (path, item) in document["paths"]!.AsObject())
        {
            Assert.StartsWith("/v1/", path, StringComparison.Ordinal);
            var (verb, operation) = Assert.Single(item!.AsObject());
            Assert.Equal("post", verb);
            Assert.True(ids.Add((string)operation!["operationId"]!));
            Assert.All(Contents(operation["requestBody"]!), content => AssertSchema(content["schema"]!));
            Assert.NotEmpty((string)operation["responses"]!["200"]!["description"]!);
            Assert.All(Contents(operation["responses"]!["200"]!), content => AssertSchema(content["schema"]!));
        }

        Assert.All(document["components"]!["schemas"]!.AsObject(), schema => AssertSchema(schema.Value!));
    }

    [Fact]
    public async Task Every_reference_leads_somewhere()
    {
        await using var gateway = await GatewayUnderTest.Start();
        var document = await Read(gateway);

        var references = References(document).ToList();

        Assert.NotEmpty(references);
        Assert.All(references, reference =>
        {
            Assert.StartsWith("#/", reference, StringComparison.Ordinal);
            Assert.NotNull(reference[2..].Split('/').Aggregate((JsonNode?)document, static (node, name) => node?[name]));
        });
    }

    [Fact]
    public async Task Every_operation_is_described_with_its_permission_key_and_documentation()
    {
        await using var gateway = await GatewayUnderTest.Start();
        var paths = (await Read(gateway))["paths"]!.AsObject();

        Assert.Equal(gateway.Operations.Methods.Count, paths.Count);
        foreach (var method in gateway.Operations.Methods)
        {
            var operation = paths[$"/v1/{method.Service.Name}/{method.Name}"]!["post"]!;
            var options = method.GetOptions().GetExtension(OptionsExtensions.Call);
            Assert.Equal(options.Key, (string?)operation["x-key"] ?? "");
            Assert.Equal(options.ReadOnly, (bool)operation["x-read-only"]!);
            Assert.Contains((string)operation["x-permission"]!, (string)operation["description"]!, StringComparison.Ordinal);
        }

        Assert.Contains("ALREADY_EXISTS where the id is taken", (string)paths["/v1/Wallets/CreateWallet"]!["post"]!["description"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fields_have_the_types_of_protobufs_json_mapping_and_the_protos_comments()
    {
        await using var gateway = await GatewayUnderTest.Start();
        var schemas = (await Read(gateway))["components"]!["schemas"]!;

        var amount = schemas["TransferRequest"]!["properties"]!["amount"]!;
        Assert.Equal("string", (string?)amount["type"]);
        Assert.Equal("uint64", (string?)amount["format"]);
        Assert.Equal("Base units, above zero.", (string?)amount["description"]);
        Assert.Equal("date-time", (string?)schemas["Wallet"]!["properties"]!["createTime"]!["format"]);
        Assert.Contains("USER", schemas["WalletKind"]!["enum"]!.AsArray().Select(name => (string?)name));
        Assert.Contains("TREASURY: A treasury's wallet.", (string)schemas["WalletKind"]!["description"]!, StringComparison.Ordinal);
        Assert.Equal("array", (string?)schemas["ListWalletsReply"]!["properties"]!["wallets"]!["type"]);
        Assert.Null(schemas["SignMessagesRequest"]);
    }

    [Fact]
    public void Comments_are_read_from_protos_with_nesting_oneofs_and_options()
    {
        var comments = new ProtoComments();
        comments.Read(
            """
            syntax = "proto3";
            package a.b;

            // A stray remark.

            // First line
            // goes on.
            //
            // Second paragraph.
            service S {
              option (x) = "y";

              // Does it.
              rpc Do(Request) returns (stream Reply) {
                option (call) = { key: "id" };
              }
            }

            // Asks.
            message Request {
              oneof part {
                // By name.
                string name = 1;
              }
              // Inner one.
              message Inner {
                // Of it.
                repeated a.b.Reply replies = 1;
              }
              string plain = 2;
              // Last.
              map<string, uint64> counts = 3 [deprecated = true];
            }

            enum E {
              // None.
              E_UNSPECIFIED = 0;
            }
            """);

        Assert.Equal("First line goes on.\n\nSecond paragraph.", comments.Of("a.b.S"));
        Assert.Equal("Does it.", comments.Of("a.b.S.Do"));
        Assert.Equal("Asks.", comments.Of("a.b.Request"));
        Assert.Equal("By name.", comments.Of("a.b.Request.name"));
        Assert.Equal("Inner one.", comments.Of("a.b.Request.Inner"));
        Assert.Equal("Of it.", comments.Of("a.b.Request.Inner.replies"));
        Assert.Equal("", comments.Of("a.b.Request.plain"));
        Assert.Equal("Last.", comments.Of("a.b.Request.counts"));
        Assert.Equal("None.", comments.Of("a.b.E.E_UNSPECIFIED"));
    }

    private static async Task<JsonNode> Read(GatewayUnderTest gateway) =>
        JsonNode.Parse(await gateway.Http.GetStringAsync("/openapi.json", TestContext.Current.CancellationToken))!;

    private static IEnumerable<JsonNode> Contents(JsonNode body) => body["content"]!.AsObject().Select(content => content.Value!);

    private static void AssertSchema(JsonNode schema)
    {
        if (schema["$ref"] is not null)
        {
            return;
        }

        Assert.Contains((string)schema["type"]!, new[] { "object", "array", "string", "integer", "number", "boolean" });
        Assert.All(schema["properties"]?.AsObject() ?? [], property => AssertSchema(property.Value!));
        if ((string?)schema["type"] == "array")
        {
            AssertSchema(schema["items"]!);
        }
    }

    private static IEnumerable<string> References(JsonNode? node) => node switch
    {
        JsonObject members => members.SelectMany(member =>
            member.Key == "$ref" ? [(string)member.Value!] : References(member.Value)),
        JsonArray items => items.SelectMany(References),
        _ => [],
    };
}
