using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cluster.Gateway.Configuration;

namespace Cluster.Gateway.Hosting;

/// <summary>A certificate to show, with its private key.</summary>
/// <param name="Leaf">The certificate itself.</param>
/// <param name="Issuers">All of the file: who knows roots alone must be shown what lies between.</param>
internal sealed record ServerCertificate(X509Certificate2 Leaf, X509Certificate2Collection Issuers)
{
    /// <summary>Reads it.</summary>
    /// <param name="certificateFile">PEM.</param>
    /// <param name="keyFile">PEM.</param>
    /// <exception cref="InvalidConfigurationException">The files cannot be used.</exception>
    public static ServerCertificate Load(string certificateFile, string keyFile)
    {
        try
        {
            var issuers = new X509Certificate2Collection();
            issuers.ImportFromPemFile(certificateFile);
            return new(X509Certificate2.CreateFromPemFile(certificateFile, keyFile), issuers);
        }
        catch (Exception error) when (error is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new InvalidConfigurationException([$"The certificate {certificateFile} with the key {keyFile} cannot be used: {error.Message}"]);
        }
    }
}
