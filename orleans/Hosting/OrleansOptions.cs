using System.ComponentModel.DataAnnotations;
using System.Net;
using Cluster.OrleansHost.Connections;

namespace Cluster.OrleansHost.Hosting;

/// <summary>How processes form a cluster. Configuration section <c>Cluster:Orleans</c>; all processes of a cluster but for the ports have the same.</summary>
internal sealed class OrleansOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Cluster:Orleans";

    /// <summary>Names the cluster: processes with the same name over one database find each other.</summary>
    [Required]
    public string ClusterId { get; set; } = "cluster";

    /// <summary>Names what survives a cluster, such as the reminders; never changes once there are any.</summary>
    [Required]
    public string ServiceId { get; set; } = "cluster";

    /// <summary>What this silo is there for: <c>work</c>, <c>signer</c>, or both with a comma between them. Both by default.</summary>
    public string[] Roles { get; set; } = [.. SiloRole.All];

    /// <summary>
    /// The IP address at which the other processes of the cluster reach this silo. Any but loopback takes
    /// <see cref="Tls"/>, or <see cref="AllowPlaintext"/>.
    /// </summary>
    [Required]
    public string Address { get; set; } = IPAddress.Loopback.ToString();

    /// <summary>The TCP port for other silos. Kept by a silo that is started again, it need not be waited for as a dead one.</summary>
    [Range(1, 65_535)]
    public int SiloPort { get; set; } = 11_111;

    /// <summary>The TCP port for gateways.</summary>
    [Range(1, 65_535)]
    public int GatewayPort { get; set; } = 30_000;

    /// <summary>TLS between processes.</summary>
    public ConnectionTlsOptions Tls { get; } = new();

    /// <summary>
    /// Says that something else keeps strangers from the silo's ports (a mesh with mutual TLS, network policies, a
    /// firewall), so that it may listen beyond loopback without mutual TLS of its own. False by default.
    /// </summary>
    public bool AllowPlaintext { get; set; }

    /// <summary>
    /// How late a reminder may be at most when the silo that knew of it has died. 1 minute to 10 minutes; 1 minute by
    /// default.
    /// </summary>
    [Range(typeof(TimeSpan), "00:01:00", "00:10:00")]
    public TimeSpan WakePeriod { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether this silo has a role.</summary>
    public bool Has(string role) => Roles.Contains(role, StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Roles.Length == 0 || Roles.Except(SiloRole.All, StringComparer.OrdinalIgnoreCase).Any())
        {
            yield return new ValidationResult($"must name at least one of {string.Join(", ", SiloRole.All)}", [nameof(Roles)]);
        }

        if (!IPAddress.TryParse(Address, out var address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
        {
            yield return new ValidationResult("must be an IP address of this machine that the others can reach, for example 127.0.0.1", [nameof(Address)]);
        }

        else if (!IPAddress.IsLoopback(address) && !AllowPlaintext && !(Tls.IsConfigured() && Tls.Mutual))
        {
            yield return new ValidationResult(
                $"is one that other machines can reach, and who reaches it can move money: that needs mutual TLS ({Section}:{nameof(Tls)}), "
                + $"or {Section}:{nameof(AllowPlaintext)}=true where a mesh, network policies or a firewall keep strangers away",
                [nameof(Address)]);
        }

        if (SiloPort == GatewayPort)
        {
            yield return new ValidationResult($"must be another than {nameof(SiloPort)}", [nameof(GatewayPort)]);
        }
    }
}
