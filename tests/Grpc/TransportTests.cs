using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cluster.Grpc;
using Cluster.Grpc.Client;
using Cluster.Grpc.Server;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Xunit;

namespace Cluster.Tests.Grpc;

public sealed class TransportTests
{
    [Fact]
    public async Task Calls_travel_over_TLS()
    {
        using var certificate = SelfSigned();
        await using var server = await GrpcTestServer.StartAsync(certificate: certificate);
        using var channel = server.Connect(new GrpcChannelOptions
        {
            Tls = new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, presented, _, _) => presented?.GetCertHashString() == certificate.GetCertHashString(),
            },
        });

        var reply = await channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.UnaryMethod, new() { Text = "in private" });

        Assert.Equal("in private", reply.Text);
    }

    [Fact]
    public async Task A_certificate_that_is_not_trusted_is_unavailable_and_nothing_is_sent()
    {
        using var certificate = SelfSigned();
        await using var server = await GrpcTestServer.StartAsync(certificate: certificate);
        using var channel = server.Connect();

        var failure = await Assert.ThrowsAsync<RpcException>(() => channel.UnaryAsync<EchoRequest, EchoReply>(EchoService.UnaryMethod, new()));

        Assert.Equal((StatusCode.Unavailable, true), (failure.StatusCode, failure.NeverProcessed));
        Assert.Empty(server.Log.Entries);
    }

    [Fact]
    public void Kestrel_is_given_its_part_of_the_options_and_registering_twice_is_harmless()
    {
        using var services = new ServiceCollection()
            .AddGrpcServer(options => options.KeepAlivePingDelay = TimeSpan.FromSeconds(7))
            .AddGrpcServer(options => options.MaxStreamsPerConnection = 33)
            .BuildServiceProvider();

        var kestrel = services.GetRequiredService<IOptions<KestrelServerOptions>>().Value;

        Assert.Equal(TimeSpan.FromSeconds(7), kestrel.Limits.Http2.KeepAlivePingDelay);
        Assert.Equal(TimeSpan.FromSeconds(20), kestrel.Limits.Http2.KeepAlivePingTimeout);
        Assert.Equal(33, kestrel.Limits.Http2.MaxStreamsPerConnection);
        Assert.False(kestrel.AddServerHeader);
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=127.0.0.1", key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
    }
}
