using System.Globalization;

namespace Cluster.Solana;

/// <summary>
/// A path below a seed's master key, as wallets of people write it. With Ed25519 every index is hardened (SLIP-0010), so
/// the mark that says so must stand behind each.
/// </summary>
public static class DerivationPath
{
    private const uint Purpose = 44;

    /// <summary>Solana's number in SLIP-0044.</summary>
    private const uint CoinType = 501;

    /// <summary>The path of an account: m/44'/501'/account'/0', which Phantom shows, and the Solana command line for <c>?key=account/0</c>.</summary>
    /// <param name="account">Below 2³¹.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is not.</exception>
    public static uint[] OfAccount(uint account)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(account, Slip10.Hardened);
        return [Purpose, CoinType, account, 0];
    }

    /// <summary>Reads a path.</summary>
    /// <param name="text">For example <c>m/44'/501'/0'/0'</c>.</param>
    /// <exception cref="FormatException">It is none; which part, and why.</exception>
    public static uint[] Parse(string text)
    {
        var parts = text.Split('/');
        if (parts[0] != "m") throw new FormatException($"path {text} must begin with m/");

        if (parts.Length - 1 > Slip10.MaxDepth) throw new FormatException($"path {text} has {parts.Length - 1} elements; at most {Slip10.MaxDepth} are allowed");

        return [.. parts.Skip(1).Select(part => Index(part, text))];
    }

    private static uint Index(string part, string path)
    {
        if (!part.EndsWith('\''))
        {
            throw new FormatException($"element {part} of path {path} must end with ': only hardened keys can be derived for Solana");
        }

        return uint.TryParse(part.AsSpan(0, part.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < Slip10.Hardened
            ? index
            : throw new FormatException($"element {part} of path {path} is no number below 2^31");
    }
}
