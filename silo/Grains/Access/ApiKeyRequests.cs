using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Cluster.V1;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;

namespace Cluster.Silo.Grains.Access;

/// <summary>What requests for keys say, once it is known to be sound.</summary>
internal static class ApiKeyRequests
{
    private const int MaxAddresses = 64;
    private const int MaxCertificate = 64 * 1024;

    private static readonly TimeSpan LongestOverlap = TimeSpan.FromDays(30);

    /// <exception cref="Hosting.ClusterException">Not an id.</exception>
    public static string IdOf(string keyId, string field) => ApiKeyText.IsId(keyId)
        ? keyId
        : throw AccessMessages.Invalid($"{field} is none: choose 16 hexadecimal digits in lower case at random");

    /// <exception cref="Hosting.ClusterException">A permission that there is not.</exception>
    public static HashSet<Permission>? PermissionsOf(RepeatedField<Permission> permissions)
    {
        foreach (var permission in permissions.Where(permission => !PermissionSet.All.Contains(permission)))
        {
            throw AccessMessages.Invalid($"permissions holds {(int)permission}, which is none");
        }

        return permissions.Count == 0 ? null : [.. permissions];
    }

    /// <exception cref="Hosting.ClusterException">Not a network.</exception>
    public static IReadOnlyList<IPNetwork> AddressesOf(RepeatedField<string> addresses) => addresses.Count <= MaxAddresses
        ? [.. addresses.Select(NetworkOf)]
        : throw AccessMessages.Invalid($"addresses has {addresses.Count} networks; at most {MaxAddresses} are allowed");

    /// <exception cref="Hosting.ClusterException">It has passed.</exception>
    public static DateTimeOffset? EndOf(Timestamp? time, DateTimeOffset now)
    {
        if (time is null)
        {
            return null;
        }

        DateTimeOffset end;
        try
        {
            end = time.ToDateTimeOffset();
        }
        catch (InvalidOperationException)
        {
            throw AccessMessages.Invalid("expire_time is no time");
        }

        return end > now ? end : throw AccessMessages.Invalid($"expire_time is {end:u}, which has passed");
    }

    /// <exception cref="Hosting.ClusterException">Negative, or too long.</exception>
    public static TimeSpan OverlapOf(Duration? overlap)
    {
        if (overlap is null)
        {
            return TimeSpan.FromDays(1);
        }

        return overlap.Seconds >= 0 && overlap.Nanos is >= 0 and < 1_000_000_000 && overlap.Seconds <= (long)LongestOverlap.TotalSeconds
            ? overlap.ToTimeSpan()
            : throw AccessMessages.Invalid($"overlap is {overlap.Seconds} seconds; it must be from 0 to {LongestOverlap.TotalDays} days");
    }

    /// <summary>The hash by which a gateway knows a client certificate; null where the request names none.</summary>
    /// <exception cref="Hosting.ClusterException">Not a certificate, or not a subject.</exception>
    public static byte[]? CertificateOf(CreateApiKeyRequest request)
    {
        if (request.CertificatePem.Length > 0 && request.CertificateSubject.Length > 0)
        {
            throw AccessMessages.Invalid("certificate_pem and certificate_subject are both set; a key is one of them");
        }

        try
        {
            if (request.CertificatePem.Length is > 0 and <= MaxCertificate)
            {
                using var certificate = X509Certificate2.CreateFromPem(request.CertificatePem);
                return FingerprintOf(certificate);
            }

            return request.CertificateSubject.Length is > 0 and <= MaxCertificate
                ? SubjectHashOf(new X500DistinguishedName(request.CertificateSubject))
                : request.CertificatePem.Length + request.CertificateSubject.Length == 0 ? null : throw new CryptographicException("too long");
        }
        catch (CryptographicException error)
        {
            throw AccessMessages.Invalid($"certificate_pem or certificate_subject cannot be read: {error.Message.TrimEnd('.')}");
        }
    }

    /// <summary>By what a certificate is known.</summary>
    public static byte[] FingerprintOf(X509Certificate2 certificate) => SHA256.HashData(certificate.RawDataMemory.Span);

    /// <summary>By what all certificates of a subject are known; no certificate's encoding has such a hash.</summary>
    public static byte[] SubjectHashOf(X500DistinguishedName subject) => SHA256.HashData(
        Encoding.UTF8.GetBytes($"subject:{new X500DistinguishedName(subject.RawData).Decode(X500DistinguishedNameFlags.None)}"));

    private static IPNetwork NetworkOf(string text)
    {
        if (IPAddress.TryParse(text, out var address))
        {
            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        }

        return IPNetwork.TryParse(text, out var network)
            ? network
            : throw AccessMessages.Invalid("addresses holds what is neither an address (10.1.2.3) nor a network (10.0.0.0/8, without bits beyond its prefix)");
    }
}
