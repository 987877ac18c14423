using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cluster.Gateway.Configuration;
using Xunit;

namespace Cluster.Tests.Gateway;

public sealed class TlsTests : IDisposable
{
    private static readonly DateTimeOffset Begin = DateTimeOffset.UnixEpoch;

    private static readonly DateTimeOffset End = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("cluster-tls-").FullName;

    private string CertificateFile => Path.Combine(_folder, "cluster.crt");

    private string KeyFile => Path.Combine(_folder, "cluster.key");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task With_a_certificate_both_endpoints_speak_tls_and_other_machines_may_reach_them()
    {
        using var certificate = await WriteCertificate();
        await using var gateway = await GatewayUnderTest.Start(
            "--Cluster:Grpc:Address=0.0.0.0", $"--Cluster:Tls:CertificateFile={CertificateFile}", $"--Cluster:Tls:KeyFile={KeyFile}");
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown!.GetCertHashString() == certificate.GetCertHashString();
        using var client = new HttpClient(handler);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", gateway.AdministratorKey);

        var health = await client.GetStringAsync(new Uri(gateway.Http.BaseAddress!, "/health/live"), TestContext.Current.CancellationToken);
        using var call = new HttpRequestMessage(HttpMethod.Post, $"https://127.0.0.1:{gateway.GrpcAddress.Port}/cluster.v1.Wallets/GetWallet")
        {
            Version = new Version(2, 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent([0, 0, 0, 0, 0]),
        };
        call.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using var reply = await client.SendAsync(call, TestContext.Current.CancellationToken);
        await reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);

        Assert.Equal("https", gateway.Http.BaseAddress!.Scheme);
        Assert.Equal("live\n", health);
        Assert.Equal("0", reply.TrailingHeaders.GetValues("grpc-status").Single());
    }

    [Fact]
    public async Task Who_trusts_the_root_alone_is_shown_the_certificates_between()
    {
        using var root = Issue("CN=root", issuer: null, isAuthority: true);
        using var intermediate = Issue("CN=intermediate", root, isAuthority: true);
        using var leaf = Issue("CN=cluster", intermediate, isAuthority: false);
        await File.WriteAllTextAsync(CertificateFile, $"{leaf.ExportCertificatePem()}\n{intermediate.ExportCertificatePem()}\n", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(KeyFile, leaf.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem(), TestContext.Current.CancellationToken);
        await using var gateway = await GatewayUnderTest.Start(
            $"--Cluster:Tls:CertificateFile={CertificateFile}", $"--Cluster:Tls:KeyFile={KeyFile}");
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            CustomTrustStore = { root },
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true,
        };
        using var client = new HttpClient(handler);

        Assert.Equal("live\n", await client.GetStringAsync(new Uri(gateway.Http.BaseAddress!, "/health/live"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_certificate_that_cannot_be_read_stops_the_start()
    {
        await File.WriteAllTextAsync(CertificateFile, "no certificate", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(KeyFile, "no key", TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<InvalidConfigurationException>(() => GatewayUnderTest.Start(
            $"--Cluster:Tls:CertificateFile={CertificateFile}", $"--Cluster:Tls:KeyFile={KeyFile}"));

        Assert.Contains(CertificateFile, error.Message, StringComparison.Ordinal);
    }

    private static X509Certificate2 Issue(string name, X509Certificate2? issuer, bool isAuthority)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, hasPathLengthConstraint: false, 0, critical: true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        if (issuer is null)
        {
            return request.CreateSelfSigned(Begin, End);
        }

        using var issued = request.Create(issuer, Begin, End, RandomNumberGenerator.GetBytes(16));
        return issued.CopyWithPrivateKey(key);
    }

    private async Task<X509Certificate2> WriteCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=cluster", key, HashAlgorithmName.SHA256);
        var certificate = request.CreateSelfSigned(Begin, End);
        await File.WriteAllTextAsync(CertificateFile, certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(KeyFile, key.ExportPkcs8PrivateKeyPem());
        return certificate;
    }
}
