using System.ComponentModel.DataAnnotations;

namespace Cluster.Gateway.Configuration;

/// <summary>The server's certificate. Without one, the gateway listens on loopback alone.</summary>
internal sealed class TlsOptions : IValidatableObject
{
    /// <summary>A PEM file with the certificate and those of its issuers.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>A PEM file with the certificate's private key.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>Whether a certificate is configured.</summary>
    public bool IsConfigured() => CertificateFile.Length > 0 && KeyFile.Length > 0;

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (CertificateFile.Length == 0 != (KeyFile.Length == 0))
        {
            yield return new ValidationResult(
                "must be set together with its counterpart: a certificate needs its key",
                [CertificateFile.Length == 0 ? nameof(CertificateFile) : nameof(KeyFile)]);
        }

        if (CertificateFile.Length > 0 && !File.Exists(CertificateFile))
        {
            yield return new ValidationResult("must name a file that exists", [nameof(CertificateFile)]);
        }

        if (KeyFile.Length > 0 && !File.Exists(KeyFile))
        {
            yield return new ValidationResult("must name a file that exists", [nameof(KeyFile)]);
        }
    }
}
