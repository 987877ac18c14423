using System.ComponentModel.DataAnnotations;
using System.Net;

namespace Cluster.Gateway.Configuration;

/// <summary>An address to listen at.</summary>
internal sealed class EndpointOptions(int port) : IValidatableObject
{
    /// <summary>An IP address of this machine. Any but loopback needs a certificate.</summary>
    [Required]
    public string Address { get; set; } = IPAddress.Loopback.ToString();

    /// <summary>A TCP port; 0 takes any that is free.</summary>
    [Range(0, 65_535)]
    public int Port { get; set; } = port;

    /// <summary>Whether other machines can reach it.</summary>
    public bool IsExposed() => IPAddress.TryParse(Address, out var address) && !IPAddress.IsLoopback(address);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!IPAddress.TryParse(Address, out _))
        {
            yield return new ValidationResult("must be an IP address, for example 127.0.0.1", [nameof(Address)]);
        }
    }
}
