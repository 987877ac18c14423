using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Cluster.Silo.Storage.Access;
using Cluster.Solana;
using Cluster.V1;

namespace Cluster.Silo.Grains.Access;

/// <summary>
/// An API key as its holder presents it: <c>cluster_&lt;id&gt;_&lt;secret&gt;</c>, the id 8 and the secret 32 random bytes in
/// hexadecimal. The cluster stores the SHA-256 of the whole text; a secret of 256 random bits needs no slow hash.
/// </summary>
public sealed class ApiKeyText
{
    /// <summary>Bytes of the hash.</summary>
    public const int HashLength = Sha256.Size;

    /// <summary>Characters of the whole text.</summary>
    public const int Length = 89;

    private const string Prefix = "cluster_";
    private const int IdLength = 16;
    private const int SecretLength = 64;
    private static readonly System.Buffers.SearchValues<char> HexDigits =
        System.Buffers.SearchValues.Create("0123456789abcdef");

    private ApiKeyText(string text) => Text = text;

    /// <summary>The secret text. Goes to the holder, never into a log.</summary>
    public string Text { get; }

    /// <summary>Names the key in the database, in audit rows and in logs.</summary>
    public string Id => Text.Substring(Prefix.Length, IdLength);

    /// <summary>What the cluster keeps of it.</summary>
    /// <param name="name">For people.</param>
    /// <param name="permissions">To what it narrows what its principal may do; null where it narrows nothing.</param>
    /// <param name="createdAt">Now.</param>
    /// <param name="expiresAt">When it ends; null where it does not.</param>
    public ApiKey ToStored(string name, IReadOnlySet<Permission>? permissions, DateTimeOffset createdAt, DateTimeOffset? expiresAt = null) =>
        new(Id, name, Hash(), permissions, createdAt, expiresAt);

    /// <summary>What the cluster knows it by.</summary>
    public byte[] Hash()
    {
        var hash = new byte[HashLength];
        HashOf(Text, hash);
        return hash;
    }

    /// <summary>Makes a key from the system's random numbers.</summary>
    public static ApiKeyText Create() => Create(RandomNumberGenerator.GetHexString(IdLength, lowercase: true));

    /// <summary>Makes a key with an id that was chosen before.</summary>
    /// <param name="keyId">As <see cref="IsId"/> wants it.</param>
    public static ApiKeyText Create(string keyId) =>
        new($"{Prefix}{keyId}_{RandomNumberGenerator.GetHexString(SecretLength, lowercase: true)}");

    /// <summary>Whether a text has the form of a key's id.</summary>
    /// <param name="text">From a caller.</param>
    public static bool IsId(ReadOnlySpan<char> text) => text.Length == IdLength && !text.ContainsAnyExcept(HexDigits);

    /// <summary>Reads a key that was written down before.</summary>
    /// <param name="text">The whole text.</param>
    /// <param name="key">The key.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out ApiKeyText? key)
    {
        key = TryGetId(text, out _) ? new ApiKeyText(text) : null;
        return key is not null;
    }

    /// <summary>The id within a presented text that has the form of a key; allocates nothing.</summary>
    /// <param name="text">As presented.</param>
    /// <param name="id">A part of it.</param>
    public static bool TryGetId(ReadOnlySpan<char> text, out ReadOnlySpan<char> id)
    {
        id = default;
        if (text.Length != Length || !text.StartsWith(Prefix) || text[Prefix.Length + IdLength] != '_')
        {
            return false;
        }

        var candidate = text.Slice(Prefix.Length, IdLength);
        if (candidate.ContainsAnyExcept(HexDigits) || text[^SecretLength..].ContainsAnyExcept(HexDigits))
        {
            return false;
        }

        id = candidate;
        return true;
    }

    /// <summary>Hashes a presented text that has the form of a key; allocates nothing.</summary>
    /// <param name="text">As presented.</param>
    /// <param name="hash">Gets <see cref="HashLength"/> bytes.</param>
    public static void HashOf(ReadOnlySpan<char> text, Span<byte> hash)
    {
        Span<byte> ascii = stackalloc byte[Length];
        Encoding.ASCII.GetBytes(text, ascii);
        Sha256.Hash(ascii, hash);
        CryptographicOperations.ZeroMemory(ascii);
    }

    /// <summary>Tells nothing of the secret.</summary>
    public override string ToString() => $"{Prefix}{Id}_[redacted]";
}
