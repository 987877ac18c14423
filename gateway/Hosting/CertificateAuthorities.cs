using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cluster.Gateway.Configuration;

namespace Cluster.Gateway.Hosting;

/// <summary>Who signs the certificates that others show to this process.</summary>
internal sealed class CertificateAuthorities
{
    private readonly X509Certificate2Collection _roots;

    private CertificateAuthorities(X509Certificate2Collection roots) => _roots = roots;

    /// <summary>Reads them.</summary>
    /// <param name="setting">Which names the file.</param>
    /// <param name="file">PEM.</param>
    /// <exception cref="InvalidConfigurationException">The file cannot be used.</exception>
    public static CertificateAuthorities Read(string setting, string file)
    {
        try
        {
            var roots = new X509Certificate2Collection();
            roots.ImportFromPemFile(file);
            return roots.Count > 0
                ? new CertificateAuthorities(roots)
                : throw new InvalidConfigurationException([$"{setting} {file} holds no certificate."]);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidConfigurationException([$"{setting} {file} cannot be used: {error.Message}"]);
        }
    }

    /// <summary>A new policy that trusts them and nobody else, and asks the network for nothing.</summary>
    /// <param name="between">Certificates that may lie between.</param>
    public X509ChainPolicy NewChainPolicy(X509Certificate2Collection? between = null)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            DisableCertificateDownloads = true,
            RevocationMode = X509RevocationMode.NoCheck,
        };
        policy.CustomTrustStore.AddRange(_roots);
        policy.ExtraStore.AddRange(between ?? []);
        return policy;
    }

    /// <summary>Whether one of them has signed a certificate, or what lies between has.</summary>
    /// <param name="certificate">As shown.</param>
    /// <param name="between">What was shown with it.</param>
    /// <param name="atAnyTime">Whether it counts before and after its time too.</param>
    public bool HaveSigned(X509Certificate2 certificate, X509Certificate2Collection? between, bool atAnyTime = false)
    {
        using var chain = new X509Chain { ChainPolicy = NewChainPolicy(between) };
        chain.ChainPolicy.VerificationFlags = atAnyTime ? X509VerificationFlags.IgnoreNotTimeValid : X509VerificationFlags.NoFlag;
        return chain.Build(certificate);
    }
}
