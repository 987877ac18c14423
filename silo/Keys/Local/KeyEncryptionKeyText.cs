using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Cluster.Silo.Keys.Local;

/// <summary>
/// Reads 32 bytes from text, in base64 (44 characters, or 43 without padding) or hex (64). Says precisely what is wrong
/// without ever repeating the text, which may be the key with a slip of the hand in it.
/// </summary>
internal static class KeyEncryptionKeyText
{
    public const int KeySize = 32;

    private const int HexLength = 2 * KeySize;

    private static readonly SearchValues<char> HexDigits = SearchValues.Create("0123456789abcdefABCDEF");

    private static readonly SearchValues<char> Base64Digits =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_");

    /// <summary>Parses a key.</summary>
    /// <param name="text">As configured; white space around it is ignored.</param>
    /// <param name="setting">The setting's name, for the message.</param>
    /// <exception cref="KeyException">The text is no such key; the message says why.</exception>
    public static SecretBytes Parse(string? text, string setting)
    {
        var trimmed = (text ?? "").AsSpan().Trim();
        if (trimmed.IsEmpty)
        {
            throw new KeyException(
                $"{setting} is not set: it must hold the 32 bytes under which wallets' keys are encrypted, in base64 or hex. Make one with: cluster keys generate");
        }

        var key = new SecretBytes(KeySize);
        var fault = trimmed.Length == HexLength ? ReadHex(trimmed, key.Span) : ReadBase64(trimmed, key.Span);
        fault ??= key.Span.IndexOfAnyExcept(key.Span[0]) < 0 ? "all its bytes are the same, which is no key" : null;
        if (fault is null)
        {
            return key;
        }

        key.Dispose();
        throw new KeyException($"{setting} is not a key of 32 bytes in base64 or hex: {fault}. Make one with: cluster keys generate");
    }

    private static string? ReadHex(ReadOnlySpan<char> text, Span<byte> key)
    {
        var bad = text.IndexOfAnyExcept(HexDigits);
        if (bad >= 0)
        {
            return $"its 64 characters would be hex, but the one at place {bad + 1} is not a hex digit";
        }

        Convert.FromHexString(text, key, out _, out _);
        return null;
    }

    private static string? ReadBase64(ReadOnlySpan<char> text, Span<byte> key)
    {
        var digits = text.TrimEnd('=');
        var bad = digits.IndexOfAnyExcept(Base64Digits);
        if (bad >= 0)
        {
            return $"the character at place {bad + 1} of {text.Length} belongs to neither";
        }

        if (digits.Length != (KeySize * 8 + 5) / 6 || text.Length - digits.Length > 1)
        {
            return $"it has {text.Length} characters, and base64 of 32 bytes has 44, hex 64";
        }

        Span<byte> utf8 = stackalloc byte[digits.Length];
        Encoding.ASCII.GetBytes(digits, utf8);
        utf8.Replace((byte)'+', (byte)'-');
        utf8.Replace((byte)'/', (byte)'_');
        try
        {
            return Base64Url.TryDecodeFromUtf8(utf8, key, out var written) && written == KeySize ? null : "its last character is wrong";
        }
        catch (FormatException)
        {
            return "its last character is wrong";
        }
        finally
        {
            CryptographicOperations.ZeroMemory(utf8);
        }
    }
}
