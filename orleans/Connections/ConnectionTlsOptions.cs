using System.ComponentModel.DataAnnotations;

namespace Cluster.OrleansHost.Connections;

/// <summary>
/// TLS of the connections between silos, and from gateways to silos. Configuration section <c>Cluster:Orleans:Tls</c>, of
/// every process of a cluster the same but for the certificates, which may be each one's own.
/// </summary>
internal sealed class ConnectionTlsOptions : IValidatableObject
{
    /// <summary>A PEM file with this process's certificate and those between it and the authority. Good for servers and for clients.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>A PEM file with the certificate's private key.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>A PEM file with the authorities that sign the certificates of this cluster's processes. Those of the system do not count.</summary>
    public string AuthoritiesFile { get; set; } = "";

    /// <summary>
    /// Whether silos demand certificates of those who connect to them; true by default. Without, connections are encrypted,
    /// and whoever reaches a silo may still call it.
    /// </summary>
    public bool Mutual { get; set; } = true;

    /// <summary>A DNS name that all certificates of the cluster carry; empty where the authorities sign for this cluster alone.</summary>
    public string Name { get; set; } = "";

    /// <summary>Whether connections are made with TLS.</summary>
    public bool IsConfigured() => CertificateFile.Length > 0 && KeyFile.Length > 0 && AuthoritiesFile.Length > 0;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        (string Option, string File)[] files =
            [(nameof(CertificateFile), CertificateFile), (nameof(KeyFile), KeyFile), (nameof(AuthoritiesFile), AuthoritiesFile)];
        var isWanted = files.Any(file => file.File.Length > 0) || Name.Length > 0 || !Mutual;
        foreach (var (option, file) in files)
        {
            if (isWanted && file.Length == 0)
            {
                yield return new ValidationResult("must be set: TLS between silos takes a certificate, its key and the authorities", [option]);
            }
            else if (file.Length > 0 && !File.Exists(file))
            {
                yield return new ValidationResult("must name a file that exists", [option]);
            }
        }
    }
}
