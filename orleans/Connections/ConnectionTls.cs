using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Cluster.Gateway.Configuration;
using Cluster.Gateway.Hosting;
using Cluster.OrleansHost.Hosting;
using Orleans;
using Orleans.Configuration;
using OrleansTls = Orleans.Connections.Security.TlsOptions;
using RemoteCertificateMode = Orleans.Connections.Security.RemoteCertificateMode;

namespace Cluster.OrleansHost.Connections;

/// <summary>
/// Puts TLS under what Orleans sends. Who shows a certificate that an authority of the cluster has signed is one of its
/// processes; addresses are not looked at, since processes come and go with theirs.
/// </summary>
internal sealed class ConnectionTls
{
    private const string Setting = $"{OrleansOptions.Section}:{nameof(OrleansOptions.Tls)}";

    private readonly OrleansTls? _inbound;
    private readonly OrleansTls? _outbound;

    private ConnectionTls(OrleansTls? inbound, OrleansTls? outbound) => (_inbound, _outbound) = (inbound, outbound);

    /// <summary>Reads the files, once: after a renewal the process is started again.</summary>
    /// <exception cref="InvalidConfigurationException">One of them cannot be used.</exception>
    public static ConnectionTls Read(ConnectionTlsOptions options)
    {
        if (!options.IsConfigured())
        {
            return new ConnectionTls(inbound: null, outbound: null);
        }

        var own = ServerCertificate.Load(options.CertificateFile, options.KeyFile);
        var authorities = CertificateAuthorities.Read($"{Setting}:{nameof(options.AuthoritiesFile)}", options.AuthoritiesFile);
        RequireGoodForOthers(own, authorities, options);

        // With the certificates between it and the authority, since others know the authority alone.
        var shown = SslStreamCertificateContext.Create(own.Leaf, own.Issuers, offline: true);
        var whoConnects = options.Mutual ? RemoteCertificateMode.RequireCertificate : RemoteCertificateMode.NoCertificate;
        return new ConnectionTls(
            inbound: new OrleansTls
            {
                LocalCertificate = own.Leaf,
                RemoteCertificateMode = whoConnects,
                RemoteCertificateValidation = (certificate, _, errors) => IsOfCluster(certificate, errors, options.Name),
                OnAuthenticateAsServer = (_, server) =>
                {
                    var handshake = (SslServerAuthenticationOptions)server.SslServerAuthenticationOptions;
                    (handshake.ServerCertificateContext, handshake.CertificateChainPolicy) = (shown, authorities.NewChainPolicy());

                    // Orleans' own would win, and show the certificate alone.
                    handshake.ServerCertificateSelectionCallback = null;
                },
            },
            outbound: new OrleansTls
            {
                LocalCertificate = own.Leaf,
                ClientCertificateMode = whoConnects,
                RemoteCertificateValidation = (certificate, _, errors) => IsOfCluster(certificate, errors, options.Name),
                OnAuthenticateAsClient = (_, client) =>
                {
                    var handshake = (SslClientAuthenticationOptions)client.SslClientAuthenticationOptions;
                    handshake.CertificateChainPolicy = authorities.NewChainPolicy();
                    handshake.ClientCertificateContext = options.Mutual ? shown : null;
                },
            });
    }

    /// <summary>A silo's connections, of all kinds.</summary>
    public void Protect(SiloConnectionOptions connections)
    {
        if (_inbound is { } inbound && _outbound is { } outbound)
        {
            connections.ConfigureSiloInboundConnection(connection => connection.UseServerTls(inbound));
            connections.ConfigureGatewayInboundConnection(connection => connection.UseServerTls(inbound));
            connections.ConfigureSiloOutboundConnection(connection => connection.UseClientTls(outbound));
        }
    }

    /// <summary>A gateway's connections to silos.</summary>
    public void Protect(ClientConnectionOptions connections)
    {
        if (_outbound is { } outbound)
        {
            connections.ConfigureConnection(connection => connection.UseClientTls(outbound));
        }
    }

    /// <summary>By the authorities, and by the name where there is one. No certificate of the cluster names an address.</summary>
    private static bool IsOfCluster(X509Certificate2 certificate, SslPolicyErrors errors, string name) =>
        (errors & ~SslPolicyErrors.RemoteCertificateNameMismatch) == SslPolicyErrors.None && IsNamed(certificate, name);

    private static bool IsNamed(X509Certificate2 certificate, string name) =>
        name.Length == 0 || certificate.MatchesHostname(name, allowWildcards: false, allowCommonName: false);

    /// <summary>A process that the others would refuse says so at its start, and not in their logs.</summary>
    private static void RequireGoodForOthers(ServerCertificate own, CertificateAuthorities authorities, ConnectionTlsOptions options)
    {
        if (!authorities.HaveSigned(own.Leaf, own.Issuers))
        {
            throw new InvalidConfigurationException(
                [$"{Setting}:{nameof(options.CertificateFile)} {options.CertificateFile} is not signed by {options.AuthoritiesFile}, or its time is over or has not begun: no other process of the cluster would take it."]);
        }

        if (!IsNamed(own.Leaf, options.Name))
        {
            throw new InvalidConfigurationException(
                [$"{Setting}:{nameof(options.CertificateFile)} {options.CertificateFile} does not carry the DNS name {options.Name} of {Setting}:{nameof(options.Name)}: no other process of the cluster would take it."]);
        }
    }
}
