using System.Buffers.Text;
using System.Text;
using System.Text.Json;

namespace Cluster.Tests.Support.KeyVault;

/// <summary>The keys of a vault, deleted ones included, and the operations on them.</summary>
internal sealed class VaultStore(Func<Uri> url) : IDisposable
{
    private static readonly string[] Operations = ["wrapkey", "unwrapkey", "rotate", "create", "versions"];

    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<VaultKeyVersion>> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<VaultKeyVersion>> _deleted = new(StringComparer.Ordinal);

    public static string OperationOf(string method, string path)
    {
        var last = path.Split('/')[^1];
        return Operations.Contains(last) ? last : method switch { "PATCH" => "update", "DELETE" => "delete", _ => "get" };
    }

    /// <summary>Makes a key, or a new version of it.</summary>
    /// <returns>The version's id.</returns>
    public string Create(string name, string keyType = "RSA", int? size = null)
    {
        lock (_gate)
        {
            var version = new VaultKeyVersion(keyType, size ?? (keyType.StartsWith("RSA", StringComparison.Ordinal) ? 2_048 : 256));
            if (!_keys.TryGetValue(name, out var versions))
            {
                _keys.Add(name, versions = []);
            }

            versions.Add(version);
            return Id(name, version);
        }
    }

    /// <summary>Deletes a key softly: it can be recovered.</summary>
    public void Delete(string name)
    {
        lock (_gate)
        {
            _keys.Remove(name, out var versions);
            _deleted.Add(name, versions!);
        }
    }

    public void Recover(string name)
    {
        lock (_gate)
        {
            _deleted.Remove(name, out var versions);
            _keys.Add(name, versions!);
        }
    }

    /// <summary>Enables or disables a version.</summary>
    public void Enable(string id, bool enabled)
    {
        lock (_gate)
        {
            Find(id).Enabled = enabled;
        }
    }

    public bool IsEnabled(string id)
    {
        lock (_gate)
        {
            return Find(id).Enabled;
        }
    }

    public VaultReply Answer(VaultRequest request)
    {
        // /keys/NAME[/VERSION][/OPERATION]
        var parts = request.Path.Trim('/').Split('/');
        if (parts is not ["keys", var name, ..])
        {
            return VaultReply.Error(404, "NotFound", "No such resource.");
        }

        lock (_gate)
        {
            if (request.Operation == "create")
            {
                return Create(name, request.Body);
            }

            if (!_keys.TryGetValue(name, out var versions))
            {
                return VaultReply.Error(
                    404, "KeyNotFound", $"A key with (name/id) {name} was not found in this key vault. If you recently deleted this key you may be able to recover it using the correct recovery command.");
            }

            if (request.Operation == "rotate")
            {
                var rotated = new VaultKeyVersion(versions[^1].KeyType, versions[^1].KeyType.StartsWith("RSA", StringComparison.Ordinal) ? 2_048 : 256);
                versions.Add(rotated);
                return Describe(name, rotated);
            }

            if (request.Operation == "versions")
            {
                return new VaultReply(200, new { value = versions.Select(each => new { kid = Id(name, each), attributes = new { enabled = each.Enabled } }) });
            }

            var version = parts.Length > 2 ? versions.Find(each => each.Version == parts[2]) : versions[^1];
            return version is null
                ? VaultReply.Error(404, "KeyNotFound", $"A key with (name/id) {name}/{parts[2]} was not found in this key vault.")
                : Answer(name, version, request);
        }
    }

    public void Dispose()
    {
        foreach (var version in _keys.Values.Concat(_deleted.Values).SelectMany(versions => versions))
        {
            version.Dispose();
        }
    }

    private VaultReply Answer(string name, VaultKeyVersion version, VaultRequest request)
    {
        switch (request.Operation)
        {
            case "update":
                version.Enabled = JsonDocument.Parse(request.Body).RootElement.GetProperty("attributes").GetProperty("enabled").GetBoolean();
                return Describe(name, version);
            case "wrapkey" or "unwrapkey":
                return Transform(name, version, request);
            default:
                return Describe(name, version);
        }
    }

    private VaultReply Transform(string name, VaultKeyVersion version, VaultRequest request)
    {
        if (!version.Enabled)
        {
            return VaultReply.Error(403, "Forbidden", $"Operation {request.Operation} is not allowed on a disabled key.");
        }

        var body = JsonDocument.Parse(request.Body).RootElement;
        if (body.GetProperty("alg").GetString() != version.Algorithm)
        {
            return VaultReply.Error(400, "BadParameter", $"Algorithm {body.GetProperty("alg").GetString()} is not supported for this key.");
        }

        var value = Base64Url.DecodeFromUtf8(Encoding.ASCII.GetBytes(body.GetProperty("value").GetString()!));
        var result = request.Operation == "wrapkey" ? version.Wrap(value) : version.Unwrap(value);
        return result is null
            ? VaultReply.Error(400, "BadParameter", "Decryption failed.")
            : new VaultReply(200, new { kid = Id(name, version), value = Base64Url.EncodeToString(result) });
    }

    private VaultReply Create(string name, string body)
    {
        if (_deleted.ContainsKey(name))
        {
            return VaultReply.Error(409, "Conflict", $"Key {name} is currently in a deleted but recoverable state, and its name cannot be reused.");
        }

        var creation = JsonDocument.Parse(body).RootElement;
        var id = Create(name, creation.GetProperty("kty").GetString()!, creation.TryGetProperty("key_size", out var size) ? size.GetInt32() : null);
        return Describe(name, Find(id));
    }

    private VaultReply Describe(string name, VaultKeyVersion version) => new(200, new
    {
        key = new { kid = Id(name, version), kty = version.KeyType, key_ops = new[] { "wrapKey", "unwrapKey" } },
        attributes = new { enabled = version.Enabled, recoveryLevel = "Recoverable+Purgeable" },
    });

    private VaultKeyVersion Find(string id) => _keys.Values.Concat(_deleted.Values).SelectMany(versions => versions).Single(version => id.EndsWith(version.Version, StringComparison.Ordinal));

    private string Id(string name, VaultKeyVersion version) => new Uri(url(), $"/keys/{name}/{version.Version}").ToString();
}
