using System.ComponentModel.DataAnnotations;

namespace Cluster.Gateway.Configuration;

/// <summary>The server's certificate. Without one, the gateway listens on loopback alone.</summary>
internal sealed class TlsOptions : IValidatableObject
{
    /// <summary>A PEM file with the certificate and those of its issuers.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>A PEM file with the certificate's private key.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>Whether clients may show certificates of their own, or must.</summary>
    public ClientCertificateUse ClientCertificates { get; set; }

    /// <summary>A PEM file with the authorities that sign clients' certificates; without it each is known by its fingerprint.</summary>
    public string ClientAuthoritiesFile { get; set; } = "";

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

        if (ClientCertificates != ClientCertificateUse.None && !IsConfigured())
        {
            yield return new ValidationResult(
                "must be None while the gateway has no certificate of its own (CertificateFile and KeyFile)", [nameof(ClientCertificates)]);
        }

        if (ClientAuthoritiesFile.Length > 0 && !File.Exists(ClientAuthoritiesFile))
        {
            yield return new ValidationResult("must name a file that exists", [nameof(ClientAuthoritiesFile)]);
        }

        if (ClientAuthoritiesFile.Length > 0 && ClientCertificates == ClientCertificateUse.None)
        {
            yield return new ValidationResult("has no effect while ClientCertificates is None", [nameof(ClientAuthoritiesFile)]);
        }
    }
}

/// <summary>What is done about clients' certificates.</summary>
internal enum ClientCertificateUse
{
    /// <summary>They are not asked for.</summary>
    None,

    /// <summary>A client may show one in place of an API key.</summary>
    Allow,

    /// <summary>No connection without one; an API key may still say who calls.</summary>
    Require,
}
