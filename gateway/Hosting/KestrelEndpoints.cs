using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cluster.Gateway.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Cluster.Gateway.Hosting;

/// <summary>Where Kestrel listens, and what one connection may take.</summary>
internal static class KestrelEndpoints
{
    /// <summary>gRPC over HTTP/2 on one address, JSON over HTTP on the other; both with TLS where there is a certificate.</summary>
    /// <exception cref="InvalidConfigurationException">The certificate cannot be used.</exception>
    public static void Configure(KestrelServerOptions kestrel, ClusterOptions options)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = options.Limits.MaxConnections;
        kestrel.Limits.MaxRequestHeadersTotalSize = options.Limits.MaxHeaderBytes;
        kestrel.Limits.Http2.MaxRequestHeaderFieldSize = options.Limits.MaxHeaderBytes;
        kestrel.Limits.MaxRequestBodySize = options.Limits.MaxMessageBytes;

        var certificate = options.Tls.IsConfigured() ? Load(options.Tls) : null;
        Listen(kestrel, options.Grpc, HttpProtocols.Http2, certificate);
        Listen(kestrel, options.Http, certificate is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2, certificate);
    }

    private static void Listen(KestrelServerOptions kestrel, EndpointOptions endpoint, HttpProtocols protocols, ServerCertificate? certificate) =>
        kestrel.Listen(IPAddress.Parse(endpoint.Address), endpoint.Port, listen =>
        {
            listen.Protocols = protocols;
            if (certificate is not null)
            {
                listen.UseHttps(https =>
                {
                    https.ServerCertificate = certificate.Leaf;
                    https.ServerCertificateChain = certificate.Issuers;
                });
            }
        });

    private static ServerCertificate Load(TlsOptions tls)
    {
        try
        {
            // A client knows roots alone: it must be shown what lies between.
            var issuers = new X509Certificate2Collection();
            issuers.ImportFromPemFile(tls.CertificateFile);
            return new(X509Certificate2.CreateFromPemFile(tls.CertificateFile, tls.KeyFile), issuers);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidConfigurationException(
                [$"The certificate {tls.CertificateFile} with the key {tls.KeyFile} cannot be used: {error.Message}"]);
        }
    }

    private sealed record ServerCertificate(X509Certificate2 Leaf, X509Certificate2Collection Issuers);
}
