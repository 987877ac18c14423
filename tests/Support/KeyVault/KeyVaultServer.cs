using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Cluster.Tests.Support.KeyVault;

/// <summary>
/// A key vault and managed HSM over HTTPS on loopback, with real RSA and AES keys, that behaves as the service's documents
/// say: a challenge before a token, errors as <c>{error:{code,message}}</c>, versions, rotation, disabling, soft delete.
/// What goes wrong is for the test to say (<see cref="Interfere"/>). It is the authority of its tokens, too.
/// </summary>
internal sealed class KeyVaultServer : IAsyncDisposable
{
    public const string Tenant = "2f6b1b0e-5a0f-4c62-9d5e-0d6f3f6a7c11";

    /// <summary>A token that was revoked before its end: continuous access evaluation.</summary>
    private static readonly string RevokedChallenge =
        $", error=\"insufficient_claims\", claims=\"{Convert.ToBase64String("""{"access_token":{"nbf":{"essential":true,"value":"1767225600"}}}"""u8)}\"";

    private readonly WebApplication _app;
    private readonly X509Certificate2 _certificate;
    private readonly ConcurrentDictionary<string, DateTimeOffset> _tokens = new(StringComparer.Ordinal);
    private int _requests;

    private KeyVaultServer(WebApplication app, X509Certificate2 certificate)
    {
        (_app, _certificate) = (app, certificate);
        Store = new VaultStore(() => Url);
    }

    public Uri Url { get; private set; } = null!;

    /// <summary>The keys.</summary>
    public VaultStore Store { get; }

    /// <summary>Every request, in the order in which they came.</summary>
    public ConcurrentQueue<VaultRequest> Requests { get; } = new();

    /// <summary>Called before each request that has proved who sends it: a reply given here is sent instead of the vault's.</summary>
    public Func<VaultRequest, Task<VaultReply?>>? Interfere { get; set; }

    /// <summary>What the challenge names; the vault itself where null.</summary>
    public string? ChallengedResource { get; set; }

    /// <summary>Secrets of clients that may ask the authority for tokens.</summary>
    public (string Id, string Secret) Client { get; } = ("6a1de2c0-8a4c-49a2-b3fb-5f1de0b2d6c5", Convert.ToHexString(RandomNumberGenerator.GetBytes(16)));

    /// <summary>The server's certificate, for whoever has to trust it.</summary>
    public string CertificatePem => _certificate.ExportCertificatePem();

    public static async Task<KeyVaultServer> Start()
    {
        var certificate = CreateCertificate();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(certificate)));
        var app = builder.Build();
        var server = new KeyVaultServer(app, certificate);
        app.Run(server.Serve);
        await app.StartAsync();
        server.Url = new Uri(app.Urls.Single());
        return server;
    }

    /// <summary>A key's URL, without a version.</summary>
    public string KeyUrl(string name) => new Uri(Url, $"/keys/{name}").ToString();

    /// <summary>Connections that trust this server alone.</summary>
    public HttpPipelineTransport Transport() => new HttpClientTransport(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = 64,
        SslOptions = { RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.GetCertHashString() == _certificate.GetCertHashString() },
    });

    /// <summary>An identity that the vault takes.</summary>
    public TokenCredential Credential() => new VaultCredential(this);

    /// <summary>Makes every token that was issued worthless.</summary>
    public void RevokeTokens() => _tokens.Clear();

    public string IssueToken()
    {
        var token = Convert.ToHexString(RandomNumberGenerator.GetBytes(24));
        _tokens[token] = DateTimeOffset.UtcNow.AddHours(1);
        return token;
    }

    /// <summary>How many requests of an operation reached the vault with a token.</summary>
    public int Count(string operation) => Requests.Count(request => request.Authorized && request.Operation == operation);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Store.Dispose();
        _certificate.Dispose();
    }

    private async Task Serve(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync();
        var path = context.Request.Path.Value!;
        if (path.Contains("/oauth2/", StringComparison.Ordinal) || path.Contains("/.well-known/", StringComparison.Ordinal))
        {
            await Send(context, VaultAuthority.Answer(this, path, body));
            return;
        }

        var token = context.Request.Headers.Authorization.ToString();
        var authorized = token.StartsWith("Bearer ", StringComparison.Ordinal) && _tokens.ContainsKey(token["Bearer ".Length..]);
        var request = new VaultRequest(
            context.Request.Method, path, VaultStore.OperationOf(context.Request.Method, path), body, authorized, Interlocked.Increment(ref _requests));
        Requests.Enqueue(request);
        if (!authorized)
        {
            context.Response.Headers.WWWAuthenticate =
                $"Bearer authorization=\"{Url.GetLeftPart(UriPartial.Authority)}/{Tenant}\", resource=\"{ChallengedResource ?? Url.GetLeftPart(UriPartial.Authority)}\"{(token.Length > 0 ? RevokedChallenge : "")}";
            await Send(context, VaultReply.Error(401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token."));
            return;
        }

        var interference = Interfere is { } interfere ? await interfere(request) : null;
        await Send(context, interference ?? Store.Answer(request));
    }

    private static async Task Send(HttpContext context, VaultReply reply)
    {
        context.Response.StatusCode = reply.Status;
        context.Response.ContentType = "application/json; charset=utf-8";
        if (reply.RetryAfter is { } pause)
        {
            context.Response.Headers.RetryAfter = pause;
        }

        await context.Response.WriteAsync(JsonSerializer.Serialize(reply.Body));
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=vault", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
    }

    private sealed class VaultCredential(KeyVaultServer server) : TokenCredential
    {
        public override AccessToken GetToken(TokenRequestContext requestContext, CancellationToken cancellationToken) => Issue(requestContext);

        public override ValueTask<AccessToken> GetTokenAsync(TokenRequestContext requestContext, CancellationToken cancellationToken) =>
            ValueTask.FromResult(Issue(requestContext));

        private AccessToken Issue(TokenRequestContext context) =>
            context.Scopes is [var scope] && scope == $"{server.Url.GetLeftPart(UriPartial.Authority)}/.default" && context.TenantId == Tenant
                ? new AccessToken(server.IssueToken(), DateTimeOffset.UtcNow.AddHours(1))
                : throw new InvalidOperationException($"a token for {string.Join(' ', context.Scopes)} in {context.TenantId} is not this vault's");
    }
}
