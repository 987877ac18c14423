using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Cluster.Silo.Hosting;

namespace Cluster.Silo.Storage;

/// <summary>
/// Where the next page of a list begins, as text that callers pass back and need not understand: the last row's key, and
/// a checksum over it and the list that it belongs to, so that one of another list, or a damaged one, is refused instead
/// of giving a page of something else.
/// </summary>
public static class PageToken
{
    /// <summary>Rows on a page where the caller does not say.</summary>
    public const int DefaultPageSize = 100;

    /// <summary>Rows on a page at most.</summary>
    public const int MaxPageSize = 1_000;

    private const int ChecksumSize = 8;
    private const int MaxLength = 1_024;
    private const char Separator = '\n';

    /// <summary>Writes a token.</summary>
    /// <param name="list">Names the list and what it is filtered by, for example <c>transfers/treasury</c>.</param>
    /// <param name="key">The last row's key; no part holds a line feed.</param>
    public static string Write(string list, params ReadOnlySpan<string> key)
    {
        var body = Encoding.UTF8.GetBytes(string.Join(Separator, key));
        return Base64Url.EncodeToString([.. Checksum(list, body), .. body]);
    }

    /// <summary>Reads a token; null for an empty one, which asks for the first page.</summary>
    /// <param name="list">As it was written for.</param>
    /// <param name="parts">How many parts the key has.</param>
    /// <param name="token">From the caller.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: it is not one of this list.</exception>
    public static string[]? Read(string list, int parts, string token)
    {
        if (token.Length == 0)
        {
            return null;
        }

        return token.Length <= MaxLength && TryRead(list, token, out var key) && key.Length == parts
            ? key
            : throw new ClusterException(
                StatusCode.InvalidArgument,
                "page_token is not one that this list gave out: leave it empty for the first page, then pass next_page_token on as it is, with the same other fields.");
    }

    /// <summary>How many rows a page has.</summary>
    /// <param name="asked">0 where the caller does not say.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: more than <see cref="MaxPageSize"/>.</exception>
    public static int PageSize(uint asked) => asked switch
    {
        0 => DefaultPageSize,
        <= MaxPageSize => (int)asked,
        _ => throw new ClusterException(StatusCode.InvalidArgument, $"page_size is {asked}; at most {MaxPageSize} are given at once."),
    };

    private static bool TryRead(string list, string token, [NotNullWhen(true)] out string[]? key)
    {
        key = null;
        if (!Base64Url.IsValid(token))
        {
            return false;
        }

        var bytes = Base64Url.DecodeFromChars(token);
        if (bytes.Length < ChecksumSize || !Checksum(list, bytes.AsSpan(ChecksumSize)).AsSpan().SequenceEqual(bytes.AsSpan(0, ChecksumSize)))
        {
            return false;
        }

        key = Encoding.UTF8.GetString(bytes, ChecksumSize, bytes.Length - ChecksumSize).Split(Separator);
        return true;
    }

    private static byte[] Checksum(string list, ReadOnlySpan<byte> body)
    {
        byte[] covered = [.. Encoding.UTF8.GetBytes(list), 0, .. body];
        return SHA256.HashData(covered)[..ChecksumSize];
    }
}
