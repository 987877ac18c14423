using System.ComponentModel.DataAnnotations;

namespace Cluster.Silo.Keys.Pkcs11;

/// <summary>
/// An HSM that signs with Ed25519 itself; in the configuration under <c>Cluster:Keys:Pkcs11</c>. Its PIN stands in
/// <c>PKCS11_PIN</c>.
/// </summary>
public sealed class Pkcs11Options
{
    /// <summary>The setting that holds the token's user PIN.</summary>
    public const string PinSetting = "PKCS11_PIN";

    /// <summary>The vendor's library, for example <c>/usr/lib/softhsm/libsofthsm2.so</c>. Default none: there is no HSM.</summary>
    public string Module { get; set; } = "";

    /// <summary>The token's label.</summary>
    public string Token { get; set; } = "";

    /// <summary>Sessions at most, and so signatures at once; default 8.</summary>
    [Range(1, 1_024)]
    public int MaxSessions { get; set; } = 8;
}
