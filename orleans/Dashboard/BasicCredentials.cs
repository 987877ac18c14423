using System.Diagnostics.CodeAnalysis;
using System.Text;
using Cluster.Gateway.Access;
using Microsoft.AspNetCore.Http;

namespace Cluster.OrleansHost.Dashboard;

/// <summary>
/// An API key as a browser can send it: the password of HTTP's Basic scheme (RFC 7617), under whatever user's name. It
/// comes in a header, so it is in no address and no log; and no session is kept, so any gateway can answer.
/// </summary>
internal static class BasicCredentials
{
    /// <summary>Has a browser ask for the key.</summary>
    public const string Challenge = "Basic realm=\"Cluster\", charset=\"UTF-8\"";

    private const string Scheme = "Basic ";

    /// <summary>What a request brings; a password counts as a bearer's key.</summary>
    public static Credentials Of(HttpContext http)
    {
        var credentials = Credentials.Of(http);
        return TryGetPassword(credentials.Authorization, out var key) ? credentials with { Authorization = $"Bearer {key}" } : credentials;
    }

    private static bool TryGetPassword(string? authorization, [NotNullWhen(true)] out string? password)
    {
        password = null;
        if (authorization is null || !authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        var encoded = authorization.AsSpan(Scheme.Length).Trim(' ');
        var bytes = new byte[encoded.Length];
        if (!Convert.TryFromBase64Chars(encoded, bytes, out var length))
        {
            return false;
        }

        var userAndPassword = Encoding.UTF8.GetString(bytes, 0, length);
        var colon = userAndPassword.IndexOf(':', StringComparison.Ordinal);
        password = colon < 0 ? null : userAndPassword[(colon + 1)..];
        return password is not null;
    }
}
