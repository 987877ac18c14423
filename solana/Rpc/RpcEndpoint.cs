using System.Net.Http.Headers;
using System.Text;

namespace Cluster.Solana;

/// <summary>
/// Where a node is reached. The URL may carry an API key in its path, query or user part, so it shows itself only by
/// host and port.
/// </summary>
public sealed class RpcEndpoint
{
    private const int ShortestSecret = 6;
    private const string Redacted = "[redacted]";

    private readonly string[] _secrets;

    /// <summary>Takes an absolute http or https URL.</summary>
    /// <exception cref="ArgumentException">It is not one. The message does not repeat it.</exception>
    public RpcEndpoint(Uri url)
    {
        ArgumentNullException.ThrowIfNull(url);
        if (!url.IsAbsoluteUri || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        {
            throw new ArgumentException("an RPC endpoint must be an absolute http:// or https:// URL", nameof(url));
        }

        Url = url;
        Host = url.Authority[(url.Authority.LastIndexOf('@') + 1)..];
        _secrets = SecretsOf(url);
        BasicAuthorization = url.UserInfo.Length == 0
            ? null
            : new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(url.UserInfo))));
    }

    /// <summary>Host and port: what may be shown.</summary>
    public string Host { get; }

    internal Uri Url { get; }

    internal AuthenticationHeaderValue? BasicAuthorization { get; }

    /// <summary>Host and port, never the whole URL.</summary>
    public override string ToString() => Host;

    /// <summary>Text from outside with every part of the URL that may be secret taken out.</summary>
    internal string Redact(string text)
    {
        foreach (var secret in _secrets)
        {
            text = text.Replace(secret, Redacted, StringComparison.OrdinalIgnoreCase);
        }

        return text;
    }

    private static string[] SecretsOf(Uri url)
    {
        var raw = url.OriginalString;
        var parts = (url.UserInfo + "/" + url.PathAndQuery).Split(['/', '?', '&', '=', ':'], StringSplitOptions.RemoveEmptyEntries);
        return parts
            .SelectMany(part => new[] { part, Uri.UnescapeDataString(part) })
            .Append(raw)
            .Where(part => part.Length >= ShortestSecret && !part.Equals(url.Host, StringComparison.OrdinalIgnoreCase))
            .Distinct()
            .OrderByDescending(part => part.Length)
            .ToArray();
    }
}
