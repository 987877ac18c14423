using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Cluster.Gateway.Configuration;
using Cluster.Silo.Grains.Access;
using Cluster.Silo.Hosting;

namespace Cluster.Gateway.Access;

/// <summary>
/// Who is it that calls? A key comes as <c>authorization: Bearer …</c> or as <c>x-api-key: …</c>; where neither is there,
/// the connection's client certificate counts.
/// </summary>
internal sealed class Authenticator(KeyRing keys, TlsOptions tls, TimeProvider time)
{
    private const string Scheme = "Bearer ";

    /// <summary>Compared with where no key has the presented id, so that the answer takes the same time.</summary>
    private static readonly byte[] NobodysHash = RandomNumberGenerator.GetBytes(ApiKeyText.HashLength);

    /// <summary>The holder of the presented key. Allocates nothing for a valid one.</summary>
    /// <param name="credentials">What the request brings.</param>
    /// <param name="evenIfStale">Whether keys are trusted that could not be read anew for long: for looking at the cluster, never for using it.</param>
    /// <exception cref="ClusterException">
    /// <see cref="StatusCode.Unauthenticated"/>, the same for an unknown key and for a wrong one;
    /// <see cref="StatusCode.Unavailable"/> while keys cannot be read.
    /// </exception>
    public Principal Authenticate(in Credentials credentials, bool evenIfStale = false)
    {
        if (credentials is { Certificate: { } certificate, Authorization: null or "", ApiKey: null or "" })
        {
            RequireTrusted(evenIfStale);
            return Usable(HolderOf(certificate), credentials.Address);
        }

        var presented = Presented(credentials.Authorization, credentials.ApiKey);
        RequireTrusted(evenIfStale);
        if (!ApiKeyText.TryGetId(presented, out var id))
        {
            throw Unknown();
        }

        Span<byte> hash = stackalloc byte[ApiKeyText.HashLength];
        ApiKeyText.HashOf(presented, hash);
        return Proved(keys.TryFind(id, out var found) ? found : null, hash, credentials.Address);
    }

    /// <summary>Compares before it looks at anything else, so that only who knows the key learns what is wrong with it.</summary>
    private Principal Proved(Principal? found, ReadOnlySpan<byte> hash, IPAddress? address)
    {
        var matches = CryptographicOperations.FixedTimeEquals(hash, found is null ? NobodysHash : found.Key.KeyHash.Span);
        if (found is null || !matches)
        {
            throw Unknown();
        }

        return Usable(found, address);
    }

    /// <summary>The handshake has proved that the caller has the certificate's private key.</summary>
    private Principal HolderOf(X509Certificate2 certificate)
    {
        if (!keys.TryFindCertificate(ClientCertificates.FingerprintOf(certificate), out var found)
            && !(tls.ClientAuthoritiesFile.Length > 0 && keys.TryFindCertificate(ClientCertificates.SubjectHashOf(certificate), out found)))
        {
            throw new ClusterException(StatusCode.Unauthenticated, "the client certificate is not one of this cluster's keys");
        }

        var now = time.GetUtcNow();
        return now >= new DateTimeOffset(certificate.NotBefore) && now < new DateTimeOffset(certificate.NotAfter)
            ? found
            : throw new ClusterException(StatusCode.Unauthenticated, $"the client certificate is valid from {certificate.NotBefore:u} to {certificate.NotAfter:u} alone");
    }

    private Principal Usable(Principal found, IPAddress? address)
    {
        if (!found.Key.IsValidAt(time.GetUtcNow()))
        {
            throw new ClusterException(
                StatusCode.Unauthenticated,
                $"the API key '{found.KeyId}' ended at {found.Key.ExpiresAt:u}; ask for a new one",
                new UnusableKeyException(found, isElsewhere: false));
        }

        return found.MayCallFrom(address)
            ? found
            : throw new ClusterException(
                StatusCode.Unauthenticated,
                $"the API key '{found.KeyId}' may not be used from {address}",
                new UnusableKeyException(found, isElsewhere: true));
    }

    private void RequireTrusted(bool evenIfStale)
    {
        if (!keys.IsTrusted && !evenIfStale)
        {
            throw new ClusterException(StatusCode.Unavailable, "API keys cannot be checked while the database is away; try again");
        }
    }

    private static ReadOnlySpan<char> Presented(string? authorization, string? apiKeyHeader)
    {
        if (!string.IsNullOrEmpty(authorization))
        {
            return authorization.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
                ? authorization.AsSpan(Scheme.Length).Trim(' ')
                : throw new ClusterException(
                    StatusCode.Unauthenticated,
                    "the authorization header must be 'Bearer' and an API key");
        }

        return string.IsNullOrEmpty(apiKeyHeader)
            ? throw new ClusterException(
                StatusCode.Unauthenticated,
                "this call needs an API key: send it in the header 'authorization: Bearer <key>'")
            : apiKeyHeader.AsSpan().Trim(' ');
    }

    private static ClusterException Unknown() => new(StatusCode.Unauthenticated, "the API key is not valid");
}
