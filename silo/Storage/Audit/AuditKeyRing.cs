using Cluster.Silo.Keys;
using Cluster.Silo.Keys.Local;
using Microsoft.Extensions.Configuration;

namespace Cluster.Silo.Storage.Audit;

/// <summary>
/// The key under which this process seals what the audit log tells, and those that it was sealed under before. A key of its
/// own: whoever can open wallets need not be able to rewrite their history, nor the other way round.
/// </summary>
public sealed class AuditKeyRing : IDisposable
{
    /// <summary>The setting that holds the key, 32 bytes in base64 or hexadecimal.</summary>
    public const string KeySetting = "AUDIT_HMAC_KEY";

    /// <summary>The setting that holds those it took the place of, with commas between them.</summary>
    public const string FormerKeysSetting = "AUDIT_HMAC_FORMER_KEYS";

    private static readonly StateKeyFile File = new(
        "audit.key", KeySetting, "seals the audit log", $"set {KeySetting} to a new key and {FormerKeysSetting} to this one");

    private readonly Dictionary<string, AuditKey> _keys = new(StringComparer.Ordinal);

    /// <summary>Takes over keys.</summary>
    /// <param name="current">Makes MACs.</param>
    /// <param name="former">Only verify them.</param>
    public AuditKeyRing(AuditKey current, params ReadOnlySpan<AuditKey> former)
    {
        Current = current;
        _keys[current.Id] = current;
        foreach (var key in former)
        {
            _keys[key.Id] = key;
        }
    }

    /// <summary>Makes MACs.</summary>
    public AuditKey Current { get; }

    /// <summary>The ids of all of them.</summary>
    public IReadOnlyCollection<string> Ids => _keys.Keys;

    /// <summary>The key with an id; null where this process does not have it.</summary>
    /// <param name="keyId">As rows and seals name it.</param>
    public AuditKey? Find(string keyId) => _keys.GetValueOrDefault(keyId);

    /// <summary>Reads the keys; where none is set, the one in the state directory, which is made at first use.</summary>
    /// <param name="configuration">Holds <see cref="KeySetting"/>, <see cref="FormerKeysSetting"/>, <c>Cluster:StateDirectory</c>.</param>
    /// <exception cref="KeyException">A key is missing or cannot be used; the message says which, and never shows it.</exception>
    internal static AuditKeyRing Read(IConfiguration configuration)
    {
        var former = (configuration[FormerKeysSetting] ?? "")
            .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(text => new AuditKey(KeyEncryptionKeyText.Parse(text, FormerKeysSetting)))
            .ToArray();
        var current = configuration[KeySetting] is { Length: > 0 } text
            ? KeyEncryptionKeyText.Parse(text, KeySetting)
            : File.ReadOrMake(configuration["Cluster:StateDirectory"] ?? ".data");
        return new AuditKeyRing(new AuditKey(current), former);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var key in _keys.Values)
        {
            key.Dispose();
        }
    }
}
