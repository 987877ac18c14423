using System.Text;
using System.Text.RegularExpressions;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Cluster.Silo.Keys.AzureKeyVault;

/// <summary>
/// Proves to a vault who this process is. The vault says with its first 401 which authority and resource it trusts; a
/// request's body, which may be a data key, is not sent before. Source:
/// https://learn.microsoft.com/azure/key-vault/general/authentication-requests-and-responses
/// </summary>
internal sealed partial class VaultChallengePolicy(TokenCredential credential, Uri vault) : BearerTokenAuthenticationPolicy(credential, [])
{
    private TokenRequestContext? _context;

    protected override async ValueTask AuthorizeRequestAsync(HttpMessage message)
    {
        if (_context is { } context)
        {
            await AuthenticateAndAuthorizeRequestAsync(message, context);
            return;
        }

        if (message.Request.Content is { } content)
        {
            message.SetProperty(typeof(VaultChallengePolicy), content);
            message.Request.Content = null;
        }
    }

    protected override async ValueTask<bool> AuthorizeRequestOnChallengeAsync(HttpMessage message)
    {
        if (message.TryGetProperty(typeof(VaultChallengePolicy), out var content) && content is RequestContent held)
        {
            message.Request.Content = held;
        }

        if (!message.Response.Headers.TryGetValue("WWW-Authenticate", out var challenge))
        {
            return false;
        }

        // The reply is not buffered: left unread it would keep its connection.
        if (message.Response.ContentStream is { } body)
        {
            await body.CopyToAsync(Stream.Null, message.CancellationToken);
        }

        message.Response.Dispose();
        var context = Read(challenge, out var claims);
        _context = context;

        // Claims are asked for where a token that has not expired is no longer good enough: they make for a new one.
        await AuthenticateAndAuthorizeRequestAsync(message, new TokenRequestContext(context.Scopes, claims: claims, tenantId: context.TenantId));
        return true;
    }

    /// <summary>A token for one resource must not go to a server of another domain.</summary>
    private TokenRequestContext Read(string challenge, out string? claims)
    {
        string? authority = null, resource = null;
        claims = null;
        foreach (Match parameter in Parameter().Matches(challenge))
        {
            var value = parameter.Groups["value"].Value;
            switch (parameter.Groups["name"].Value.ToLowerInvariant())
            {
                case "authorization" or "authorization_uri":
                    authority = value;
                    break;
                case "resource":
                    resource = value.TrimEnd('/');
                    break;
                case "claims":
                    claims = Encoding.UTF8.GetString(Convert.FromBase64String(value));
                    break;
                case "scope":
                    resource = value.EndsWith("/.default", StringComparison.Ordinal) ? value[..^"/.default".Length] : value;
                    break;
            }
        }

        if (!Uri.TryCreate(authority, UriKind.Absolute, out var authorityUrl) || !Uri.TryCreate(resource, UriKind.Absolute, out var resourceUrl))
        {
            throw new KeyException($"{vault.Host} asks for an authentication that is not a vault's: {challenge}");
        }

        if (vault.Host != resourceUrl.Host && !vault.Host.EndsWith($".{resourceUrl.Host}", StringComparison.OrdinalIgnoreCase))
        {
            throw new KeyException($"{vault.Host} asks for a token for {resourceUrl.Host}, which is another domain than its own: it gets none.");
        }

        return new TokenRequestContext([$"{resource}/.default"], tenantId: authorityUrl.AbsolutePath.Trim('/').Split('/')[0]);
    }

    [GeneratedRegex("""(?<name>\w+)="(?<value>[^"]*)["]""", RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex Parameter();
}
