using System.Web;

namespace Cluster.Tests.Support.KeyVault;

/// <summary>The authority that issues the vault's tokens to clients with a secret: OAuth 2.0 client credentials, RFC 6749 section 4.4.</summary>
internal static class VaultAuthority
{
    public static VaultReply Answer(KeyVaultServer server, string path, string body)
    {
        var root = server.Url.GetLeftPart(UriPartial.Authority);
        if (path.EndsWith("/.well-known/openid-configuration", StringComparison.Ordinal))
        {
            return new VaultReply(200, new
            {
                issuer = $"{root}/{KeyVaultServer.Tenant}/v2.0",
                token_endpoint = $"{root}/{KeyVaultServer.Tenant}/oauth2/v2.0/token",
                authorization_endpoint = $"{root}/{KeyVaultServer.Tenant}/oauth2/v2.0/authorize",
            });
        }

        var form = HttpUtility.ParseQueryString(body);
        return path == $"/{KeyVaultServer.Tenant}/oauth2/v2.0/token"
            && form["grant_type"] == "client_credentials"
            && (form["client_id"], form["client_secret"]) == server.Client
            && form["scope"]?.Contains($"{root}/.default", StringComparison.Ordinal) == true
                ? new VaultReply(200, new { token_type = "Bearer", expires_in = 3_600, access_token = server.IssueToken() })
                : new VaultReply(401, new { error = "invalid_client", error_description = "AADSTS7000215: Invalid client secret provided." });
    }
}
