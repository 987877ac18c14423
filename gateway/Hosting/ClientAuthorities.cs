using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cluster.Gateway.Configuration;

namespace Cluster.Gateway.Hosting;

/// <summary>Who signs clients' certificates.</summary>
internal sealed class ClientAuthorities
{
    private readonly X509Certificate2Collection _roots;

    private ClientAuthorities(X509Certificate2Collection roots) => _roots = roots;

    /// <summary>Reads them.</summary>
    /// <param name="file">PEM.</param>
    /// <exception cref="InvalidConfigurationException">The file cannot be used.</exception>
    public static ClientAuthorities Read(string file)
    {
        try
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPemFile(file);
            return roots.Count > 0
                ? new ClientAuthorities(roots)
                : throw new InvalidConfigurationException([$"Cluster:Tls:ClientAuthoritiesFile {file} holds no certificate."]);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidConfigurationException([$"Cluster:Tls:ClientAuthoritiesFile {file} cannot be used: {error.Message}"]);
        }
    }

    /// <summary>Whether one of them has signed a certificate, or what lies between has. Its time is the authenticator's to check, which says what is wrong.</summary>
    /// <param name="certificate">As shown.</param>
    /// <param name="shown">What the client has sent with it.</param>
    public bool HaveSigned(X509Certificate2 certificate, X509Chain? shown)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_roots);
        chain.ChainPolicy.ExtraStore.AddRange(shown?.ChainPolicy.ExtraStore ?? []);
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.VerificationFlags = X509VerificationFlags.IgnoreNotTimeValid;
        return chain.Build(certificate);
    }
}
