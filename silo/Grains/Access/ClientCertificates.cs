using System.Security.Cryptography.X509Certificates;

namespace Cluster.Silo.Grains.Access;

/// <summary>By what gateways know client certificates; the same hashes are stored with keys of that kind.</summary>
public static class ClientCertificates
{
    /// <summary>The SHA-256 of a certificate's DER encoding.</summary>
    /// <param name="certificate">As presented.</param>
    public static byte[] FingerprintOf(X509Certificate2 certificate) => ApiKeyRequests.FingerprintOf(certificate);

    /// <summary>What stands for every certificate with this subject.</summary>
    /// <param name="certificate">As presented, its issuer verified.</param>
    public static byte[] SubjectHashOf(X509Certificate2 certificate) => ApiKeyRequests.SubjectHashOf(certificate.SubjectName);
}
