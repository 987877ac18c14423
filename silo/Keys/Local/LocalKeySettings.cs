using Microsoft.Extensions.Configuration;

namespace Cluster.Silo.Keys.Local;

/// <summary>
/// Reads the local key-encryption keys: the current one from WALLET_ENCRYPTION_KEY, else made of MASTER_PASSWORD and
/// ENCRYPTION_SALT; former ones from WALLET_ENCRYPTION_KEY_FORMER, and from the password where it is not the current one.
/// </summary>
internal static class LocalKeySettings
{
    /// <summary>Reads them for a process whose current key is local.</summary>
    /// <exception cref="KeyException">One is missing or cannot be read.</exception>
    public static LocalKeyProvider ReadCurrent(IConfiguration configuration, KeyOptions options)
    {
        var former = ReadFormer(configuration);
        if (!HasPassword(configuration))
        {
            return new LocalKeyProvider(ReadKey(configuration), former);
        }

        var fromPassword = ReadPassword(configuration, options);
        return HasKey(configuration)
            ? new LocalKeyProvider(ReadKey(configuration), [.. former, fromPassword])
            : new LocalKeyProvider(fromPassword, former);
    }

    /// <summary>Reads them for a process whose current key is elsewhere: all of them only unwrap, and there may be none.</summary>
    /// <exception cref="KeyException">One cannot be read.</exception>
    public static LocalKeyProvider ReadAllAsFormer(IConfiguration configuration, KeyOptions options)
    {
        var keys = ReadFormer(configuration);
        if (HasKey(configuration))
        {
            keys.Add(ReadKey(configuration));
        }

        if (HasPassword(configuration))
        {
            keys.Add(ReadPassword(configuration, options));
        }

        return new LocalKeyProvider(current: null, keys);
    }

    private static List<LocalKeyEncryptionKey> ReadFormer(IConfiguration configuration)
    {
        var texts = (configuration[KeyOptions.FormerKeysSetting] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return [.. texts.Select(text => new LocalKeyEncryptionKey(KeyEncryptionKeyText.Parse(text, KeyOptions.FormerKeysSetting)))];
    }

    private static LocalKeyEncryptionKey ReadKey(IConfiguration configuration) =>
        new(KeyEncryptionKeyText.Parse(configuration[KeyOptions.LocalKeySetting], KeyOptions.LocalKeySetting));

    private static LocalKeyEncryptionKey ReadPassword(IConfiguration configuration, KeyOptions options) =>
        new(PasswordKey.Derive(configuration[KeyOptions.PasswordSetting], configuration[KeyOptions.SaltSetting], options.Pbkdf2Iterations));

    private static bool HasKey(IConfiguration configuration) => !string.IsNullOrWhiteSpace(configuration[KeyOptions.LocalKeySetting]);

    private static bool HasPassword(IConfiguration configuration) =>
        !string.IsNullOrEmpty(configuration[KeyOptions.PasswordSetting]) || !string.IsNullOrEmpty(configuration[KeyOptions.SaltSetting]);
}
