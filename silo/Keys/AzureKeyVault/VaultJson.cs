using System.Text.Json.Serialization;

namespace Cluster.Silo.Keys.AzureKeyVault;

/// <summary>Messages of the keys API. Source: https://learn.microsoft.com/rest/api/keyvault/keys</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(KeyBundle))]
[JsonSerializable(typeof(KeyCreation))]
[JsonSerializable(typeof(KeyUpdate))]
[JsonSerializable(typeof(ErrorReply))]
internal sealed partial class VaultJson : JsonSerializerContext;

internal sealed record KeyBundle(JsonWebKey? Key, KeyAttributes? Attributes);

internal sealed record JsonWebKey(string? Kid, string? Kty);

internal sealed record KeyAttributes(bool? Enabled);

internal sealed record KeyCreation(string Kty, int? KeySize, string[] KeyOps);

internal sealed record KeyUpdate(KeyAttributes Attributes);

internal sealed record ErrorReply(ErrorDetail? Error);

internal sealed record ErrorDetail(string? Code, string? Message);
