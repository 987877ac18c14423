using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Cluster.Gateway.Configuration;
using Cluster.OrleansHost.Connections;
using Cluster.OrleansHost.Hosting;
using Cluster.Silo.Hosting.Turns;
using Cluster.Tests.Silo.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Cluster.Tests.OrleansHost;

/// <summary>TLS between silos, and from gateways to silos.</summary>
public sealed class ConnectionTlsTests() : HostConformance(new OrleansHosts(1))
{
    private const string Name = "silo.cluster.internal";

    public enum Stranger
    {
        WithoutTls,
        WithoutCertificate,
        OfAnotherAuthority,
        OfAnotherName,
        OutOfTime,
    }

    [Fact]
    public async Task Two_silos_and_a_gateway_work_over_mutual_tls()
    {
        using var files = new CertificateFiles(Name);
        var cluster = await NewCluster(files, silos: 2);
        await cluster.AddGateway();

        await Task.WhenAll(Enumerable.Range(0, 40).Select(number => Add(cluster, $"{number}", 1)));

        Assert.Equal(40, cluster.Silos.Sum(silo => Turns(silo).Activations));
        Assert.All(cluster.Silos, silo => Assert.NotEqual(0, Turns(silo).Activations));
    }

    [Theory]
    [InlineData(Stranger.WithoutTls)]
    [InlineData(Stranger.WithoutCertificate)]
    [InlineData(Stranger.OfAnotherAuthority)]
    [InlineData(Stranger.OfAnotherName)]
    [InlineData(Stranger.OutOfTime)]
    public async Task A_stranger_is_refused_on_both_ports_of_a_silo(Stranger stranger)
    {
        using var files = new CertificateFiles(Name);
        var cluster = await NewCluster(files, silos: 1);
        var options = cluster.Silos[0].Services.GetRequiredService<IOptions<OrleansOptions>>().Value;

        Assert.True(await IsRefused(options.SiloPort, stranger, files));
        Assert.True(await IsRefused(options.GatewayPort, stranger, files));
    }

    [Fact]
    public void An_address_that_others_can_reach_asks_for_mutual_tls_or_for_the_word_that_something_else_protects_it()
    {
        using var files = new CertificateFiles(Name);

        var plain = Errors([]);
        var oneSided = Errors(files.Options("false"));
        var allowed = Errors(new() { ["Cluster:Orleans:AllowPlaintext"] = "true" });
        var mutual = Errors(files.Options());

        Assert.Contains(plain, error => error.StartsWith("Cluster:Orleans:Address is '10.0.0.1': it is one that other machines can reach", StringComparison.Ordinal));
        Assert.Contains(oneSided, error => error.Contains("that needs mutual TLS (Cluster:Orleans:Tls)", StringComparison.Ordinal));
        Assert.Empty(allowed);
        Assert.Empty(mutual);
    }

    [Fact]
    public void A_part_of_the_settings_is_not_enough()
    {
        using var files = new CertificateFiles(Name);
        var withoutAuthorities = files.Options();
        withoutAuthorities.Remove("Cluster:Orleans:Tls:AuthoritiesFile");
        var withoutFile = files.Options();
        withoutFile["Cluster:Orleans:Tls:KeyFile"] = "/nowhere.key";

        Assert.Contains(Errors(withoutAuthorities), error => error.StartsWith("Cluster:Orleans:Tls:AuthoritiesFile is empty: it must be set", StringComparison.Ordinal));
        Assert.Contains(Errors(withoutFile), error => error.StartsWith("Cluster:Orleans:Tls:KeyFile is '/nowhere.key': it must name a file that exists", StringComparison.Ordinal));
    }

    [Fact]
    public void A_certificate_that_the_others_would_refuse_is_found_at_the_start()
    {
        using var files = new CertificateFiles(Name);
        using var others = new CertificateFiles(Name);
        var options = new ConnectionTlsOptions { CertificateFile = files.Certificate, KeyFile = files.Key, AuthoritiesFile = others.Authorities };
        var named = new ConnectionTlsOptions { CertificateFile = files.Certificate, KeyFile = files.Key, AuthoritiesFile = files.Authorities, Name = "other.internal" };

        var unsigned = Assert.Throws<InvalidConfigurationException>(() => ConnectionTls.Read(options));
        var misnamed = Assert.Throws<InvalidConfigurationException>(() => ConnectionTls.Read(named));

        Assert.Contains("is not signed by", unsigned.Message, StringComparison.Ordinal);
        Assert.Contains("does not carry the DNS name other.internal", misnamed.Message, StringComparison.Ordinal);
    }

    private static TurnRuntime Turns(OrleansProcess process) => process.Services.GetRequiredService<TurnRuntime>();

    private static IReadOnlyList<string> Errors(Dictionary<string, string?> settings)
    {
        settings["Cluster:Orleans:Address"] = "10.0.0.1";
        ClusterConfiguration.Read(new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), new ClusterOrleansOptions(), out var errors);
        return errors;
    }

    /// <summary>Whether the silo ends the connection before it has answered anything.</summary>
    private static async Task<bool> IsRefused(int port, Stranger stranger, CertificateFiles files)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port, TestContext.Current.CancellationToken);
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        using var other = new CertificateFiles(Name);
        using var certificate = stranger switch
        {
            Stranger.OfAnotherAuthority => other.Issue(Name),
            Stranger.OfAnotherName => files.Issue("else.cluster.internal"),
            Stranger.OutOfTime => files.Issue(Name, end: DateTimeOffset.UnixEpoch.AddDays(1)),
            _ => null,
        };
        try
        {
            var stream = stranger == Stranger.WithoutTls ? client.GetStream() : await Handshake(client, certificate, patience.Token);
            await using (stream)
            {
                await stream.WriteAsync(new byte[64], patience.Token);
                return await stream.ReadAsync(new byte[1], patience.Token) == 0;
            }
        }
        catch (Exception error) when (error is IOException or SocketException or AuthenticationException)
        {
            return true;
        }
    }

    private static async Task<Stream> Handshake(TcpClient client, X509Certificate2? certificate, CancellationToken cancellationToken)
    {
        var tls = new SslStream(client.GetStream(), leaveInnerStreamOpen: false);
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                ClientCertificateContext = certificate is null ? null : SslStreamCertificateContext.Create(certificate, null, offline: true),
                RemoteCertificateValidationCallback = static (_, shown, _, _) => shown is not null,
                ApplicationProtocols = [new SslApplicationProtocol("Orleans1")],
            },
            cancellationToken);
        return tls;
    }

    private async Task<OrleansClusterUnderTest> NewCluster(CertificateFiles files, int silos)
    {
        var cluster = new OrleansClusterUnderTest($"test-{Guid.NewGuid():n}", Settings, files.Options());
        await Start(settings => settings, async _ =>
        {
            for (var silo = 0; silo < silos; silo++)
            {
                await cluster.AddSilo();
            }

            return cluster;
        });
        return cluster;
    }
}
