using System.Security.Cryptography;
using System.Text;

namespace Cluster.Silo.Grains.Access.SecondFactors;

/// <summary>
/// What opens once where the authenticator is lost: 100 random bits as <c>ABCDE-FGHIJ-KLMNO-PQRST</c>. Stored is the SHA-256
/// of principal and code; so many random bits need no slow hash.
/// </summary>
internal static class RecoveryCode
{
    /// <summary>How many there are.</summary>
    public const int Count = 10;

    private const int Characters = 20;
    private const int GroupLength = 5;

    /// <summary>Makes one.</summary>
    public static string Create()
    {
        var text = Base32.Encode(RandomNumberGenerator.GetBytes(16))[..Characters];
        return string.Join('-', text.Chunk(GroupLength).Select(group => new string(group)));
    }

    /// <summary>Whether what a caller sent could be one rather than a code of digits.</summary>
    public static bool IsLike(string text) => Plain(text).Length == Characters;

    /// <summary>What is stored of it.</summary>
    public static byte[] HashOf(string principalId, string code) =>
        SHA256.HashData(Encoding.UTF8.GetBytes($"cluster/recovery-code/{principalId}/{Plain(code)}"));

    private static string Plain(string text) => text.Replace("-", "", StringComparison.Ordinal).Trim().ToUpperInvariant();
}
