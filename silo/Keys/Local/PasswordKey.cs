using System.Security.Cryptography;
using System.Text;

namespace Cluster.Silo.Keys.Local;

/// <summary>
/// Makes a key-encryption key of a password, for deployments that have one: PBKDF2 with HMAC-SHA-256 (RFC 8018, section
/// 5.2) over the UTF-8 bytes of password and salt.
/// </summary>
internal static class PasswordKey
{
    private const int MinPasswordLength = 8;
    private const int MinSaltLength = 8;

    /// <summary>Derives the key.</summary>
    /// <param name="password">At least 8 characters.</param>
    /// <param name="salt">At least 8 characters.</param>
    /// <param name="iterations">As many as it was made with.</param>
    /// <exception cref="KeyException">One of them is missing or too short.</exception>
    public static SecretBytes Derive(string? password, string? salt, int iterations)
    {
        Require(password, MinPasswordLength, KeyOptions.PasswordSetting);
        Require(salt, MinSaltLength, KeyOptions.SaltSetting);
        var key = new SecretBytes(KeyEncryptionKeyText.KeySize);
        using var secret = new SecretBytes(Encoding.UTF8.GetByteCount(password!));
        Encoding.UTF8.GetBytes(password, secret.Span);
        Rfc2898DeriveBytes.Pbkdf2(secret.Span, Encoding.UTF8.GetBytes(salt!), key.Span, iterations, HashAlgorithmName.SHA256);
        return key;
    }

    private static void Require(string? value, int minLength, string setting)
    {
        if (value is null || value.Length < minLength)
        {
            throw new KeyException(
                $"{setting} {(string.IsNullOrEmpty(value) ? "is not set" : $"has {value.Length} characters")}: a key-encryption key is made of {KeyOptions.PasswordSetting} and {KeyOptions.SaltSetting}, each of at least {minLength} characters. Better is a random key in {KeyOptions.LocalKeySetting}; make one with: cluster keys generate");
        }
    }
}
