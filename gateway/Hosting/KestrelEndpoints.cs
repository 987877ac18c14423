using System.Net;
using Cluster.Gateway.Configuration;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

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

        var https = options.Tls.IsConfigured() ? Https(options.Tls) : null;
        Listen(kestrel, options.Grpc, HttpProtocols.Http2, https);
        Listen(kestrel, options.Http, https is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2, https);
    }

    private static void Listen(KestrelServerOptions kestrel, EndpointOptions endpoint, HttpProtocols protocols, HttpsConnectionAdapterOptions? https) =>
        kestrel.Listen(IPAddress.Parse(endpoint.Address), endpoint.Port, listen =>
        {
            listen.Protocols = protocols;
            if (https is not null)
            {
                listen.UseHttps(https);
            }
        });

    private static HttpsConnectionAdapterOptions Https(TlsOptions tls)
    {
        var certificate = ServerCertificate.Load(tls.CertificateFile, tls.KeyFile);
        var authorities = tls.ClientAuthoritiesFile.Length > 0 ? CertificateAuthorities.Read("Cluster:Tls:ClientAuthoritiesFile", tls.ClientAuthoritiesFile) : null;
        return new HttpsConnectionAdapterOptions
        {
            ServerCertificate = certificate.Leaf,
            ServerCertificateChain = certificate.Issuers,
            ClientCertificateMode = tls.ClientCertificates switch
            {
                ClientCertificateUse.Allow => ClientCertificateMode.AllowCertificate,
                ClientCertificateUse.Require => ClientCertificateMode.RequireCertificate,
                _ => ClientCertificateMode.NoCertificate,
            },

            // Without authorities a certificate is known by its fingerprint, whoever has signed it. Its time is the
            // authenticator's to check, which says what is wrong.
            ClientCertificateValidation = (shown, chain, _) =>
                authorities is null || authorities.HaveSigned(shown, chain?.ChainPolicy.ExtraStore, atAnyTime: true),
        };
    }
}
