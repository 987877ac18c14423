using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Cluster.Tests.OrleansHost;

/// <summary>The files of a process of a cluster that has an authority of its own, with another certificate between the two.</summary>
internal sealed class CertificateFiles : IDisposable
{
    private static readonly DateTimeOffset Begin = DateTimeOffset.UnixEpoch;
    private static readonly DateTimeOffset End = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly string _folder = Directory.CreateTempSubdirectory("cluster-orleans-tls-").FullName;
    private readonly X509Certificate2 _root;
    private readonly X509Certificate2 _intermediate;
    private readonly string _name;

    public CertificateFiles(string name)
    {
        _name = name;
        _root = Issue("CN=root", issuer: null, End, dnsName: null);
        _intermediate = Issue("CN=intermediate", _root, End, dnsName: null);
        using var leaf = Issue(name);
        File.WriteAllText(Authorities, _root.ExportCertificatePem());
        File.WriteAllText(Certificate, $"{leaf.ExportCertificatePem()}\n{_intermediate.ExportCertificatePem()}\n");
        File.WriteAllText(Key, leaf.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }

    public string Authorities => Path.Combine(_folder, "ca.crt");

    public string Certificate => Path.Combine(_folder, "tls.crt");

    public string Key => Path.Combine(_folder, "tls.key");

    public Dictionary<string, string?> Options(string mutual = "true") => new()
    {
        ["Cluster:Orleans:Tls:CertificateFile"] = Certificate,
        ["Cluster:Orleans:Tls:KeyFile"] = Key,
        ["Cluster:Orleans:Tls:AuthoritiesFile"] = Authorities,
        ["Cluster:Orleans:Tls:Mutual"] = mutual,
        ["Cluster:Orleans:Tls:Name"] = _name,
    };

    /// <summary>A certificate by this cluster's authority.</summary>
    public X509Certificate2 Issue(string name, DateTimeOffset? end = null) => Issue($"CN={name}", _intermediate, end ?? End, name);

    public void Dispose()
    {
        _intermediate.Dispose();
        _root.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static X509Certificate2 Issue(string subject, X509Certificate2? issuer, DateTimeOffset end, string? dnsName)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(dnsName is null, hasPathLengthConstraint: false, 0, critical: true));
        if (dnsName is not null)
        {
            var names = new SubjectAlternativeNameBuilder();
            names.AddDnsName(dnsName);
            request.CertificateExtensions.Add(names.Build());
        }

        if (issuer is null)
        {
            return request.CreateSelfSigned(Begin, end);
        }

        using var issued = request.Create(issuer, Begin, end, RandomNumberGenerator.GetBytes(16));
        return issued.CopyWithPrivateKey(key);
    }
}
