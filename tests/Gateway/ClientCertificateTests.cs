using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Cluster.Gateway.Configuration;
using Cluster.Silo.Hosting;
using Cluster.Tests.Silo.Access;
using Cluster.V1;
using Xunit;

namespace Cluster.Tests.Gateway;

/// <summary>Client certificates in the place of secrets, over real TLS.</summary>
public sealed class ClientCertificateTests : IDisposable
{
    private const string ServerName = "CN=cluster";

    private static readonly DateTimeOffset Begin = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset End = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("cluster-mtls-").FullName;

    private string ServerCertificate => Path.Combine(_folder, "cluster.crt");

    private string ServerKey => Path.Combine(_folder, "cluster.key");

    private string Authorities => Path.Combine(_folder, "clients.crt");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_certificate_known_by_its_fingerprint_calls_as_its_principal_until_it_is_revoked()
    {
        using var known = SelfSigned("CN=shop");
        using var twin = SelfSigned("CN=shop");
        await using var gateway = await Start("Allow");
        await using var silo = await AccessSilo.Start(gateway.Database, gateway.StateDirectory);
        var owner = await Prepare(silo);
        var issued = await silo.Issue("shop", owner, request => request.CertificatePem = known.ExportCertificatePem());
        await gateway.Refresh();

        Assert.Equal("", issued.Secret);
        Assert.Equal((200, ""), await Call(gateway, known, "Wallets/ListWallets"));
        Assert.Equal(403, (await Call(gateway, known, "Wallets/Transfer")).Status);
        Assert.Equal((401, "the client certificate is not one of this cluster's keys"), await Call(gateway, twin, "Wallets/ListWallets"));
        Assert.Equal(401, (await Call(gateway, certificate: null, "Wallets/ListWallets")).Status);
        Assert.Equal((200, ""), await Call(gateway, twin, "Wallets/ListWallets", gateway.AdministratorKey));
        await silo.RevokeKey(issued.Key.KeyId, owner);
        await gateway.Refresh();
        Assert.Equal(401, (await Call(gateway, known, "Wallets/ListWallets")).Status);
    }

    [Fact]
    public async Task A_subject_counts_only_where_an_authority_of_ours_has_signed_the_certificate()
    {
        using var authority = Issue("CN=Acme authority", issuer: null, isAuthority: true, Begin, End);
        using var signed = Issue("CN=shop, O=Acme", authority, isAuthority: false, Begin, End);
        using var renewed = Issue("CN=shop, O=Acme", authority, isAuthority: false, Begin, End);
        using var ended = Issue("CN=shop, O=Acme", authority, isAuthority: false, Begin, Begin.AddDays(1));
        using var other = Issue("CN=office, O=Acme", authority, isAuthority: false, Begin, End);
        using var forged = SelfSigned("CN=shop, O=Acme");
        await File.WriteAllTextAsync(Authorities, authority.ExportCertificatePem(), TestContext.Current.CancellationToken);
        await using var gateway = await Start("Allow", $"--Cluster:Tls:ClientAuthoritiesFile={Authorities}");
        await using var silo = await AccessSilo.Start(gateway.Database, gateway.StateDirectory);
        await silo.Issue("shop", await Prepare(silo), request => request.CertificateSubject = "CN=shop,O=Acme");
        await gateway.Refresh();

        Assert.Equal((200, ""), await Call(gateway, signed, "Wallets/ListWallets"));
        Assert.Equal((200, ""), await Call(gateway, renewed, "Wallets/ListWallets"));
        Assert.Contains("valid from", (await Call(gateway, ended, "Wallets/ListWallets")).Message, StringComparison.Ordinal);
        Assert.Equal(401, (await Call(gateway, other, "Wallets/ListWallets")).Status);
        await Assert.ThrowsAsync<HttpRequestException>(() => Call(gateway, forged, "Wallets/ListWallets"));
    }

    [Fact]
    public async Task Where_certificates_are_required_no_connection_is_made_without_one()
    {
        using var known = SelfSigned("CN=shop");
        await using var gateway = await Start("Require");

        Assert.Equal(401, (await Call(gateway, known, "Wallets/ListWallets")).Status);
        Assert.Equal(200, (await Call(gateway, known, "Wallets/ListWallets", gateway.AdministratorKey)).Status);
        await Assert.ThrowsAsync<HttpRequestException>(() => Call(gateway, certificate: null, "Wallets/ListWallets", gateway.AdministratorKey));
    }

    [Theory]
    [InlineData("Cluster:Tls:ClientCertificates", "Allow", "Cluster:Tls:ClientCertificates")]
    [InlineData("Cluster:Tls:ClientAuthoritiesFile", "/nonexistent.pem", "must name a file that exists")]
    public async Task What_has_no_effect_stops_the_start(string option, string value, string reason)
    {
        var error = await Assert.ThrowsAsync<InvalidConfigurationException>(() => GatewayUnderTest.Start($"--{option}={value}"));

        Assert.Contains(error.Errors, sentence => sentence.Contains(reason, StringComparison.Ordinal));
    }

    private static async Task<Caller> Prepare(AccessSilo silo)
    {
        var owner = await silo.AddKey("root", Role.Owner);
        await silo.Create("shop", owner);
        await silo.Grant("shop", Role.Viewer, owner);
        return owner;
    }

    private static async Task<(int Status, string Message)> Call(GatewayUnderTest gateway, X509Certificate2? certificate, string operation, string? key = null)
    {
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.Subject == ServerName;
        if (certificate is not null)
        {
            handler.SslOptions.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
        }

        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(gateway.Http.BaseAddress!, $"/v1/{operation}"))
        {
            Content = new StringContent("{}", Encoding.UTF8, "application/json"),
        };
        if (key is not null)
        {
            request.Headers.Add("x-api-key", key);
        }

        using var response = await client.SendAsync(request);
        var body = JsonNode.Parse(await response.Content.ReadAsStringAsync());
        return ((int)response.StatusCode, response.StatusCode == HttpStatusCode.OK ? "" : (string)body!["error"]!["message"]!);
    }

    private static X509Certificate2 SelfSigned(string name) => Issue(name, issuer: null, isAuthority: false, Begin, End);

    private static X509Certificate2 Issue(string name, X509Certificate2? issuer, bool isAuthority, DateTimeOffset begin, DateTimeOffset end)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, hasPathLengthConstraint: false, 0, critical: true));
        if (issuer is null)
        {
            return request.CreateSelfSigned(begin, end);
        }

        using var issued = request.Create(issuer, begin, end, RandomNumberGenerator.GetBytes(16));
        return issued.CopyWithPrivateKey(key);
    }

    private async Task<GatewayUnderTest> Start(string use, params string[] options)
    {
        using var certificate = SelfSigned(ServerName);
        await File.WriteAllTextAsync(ServerCertificate, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(ServerKey, certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        return await GatewayUnderTest.Start(
            [$"--Cluster:Tls:CertificateFile={ServerCertificate}", $"--Cluster:Tls:KeyFile={ServerKey}", $"--Cluster:Tls:ClientCertificates={use}", .. options]);
    }
}
