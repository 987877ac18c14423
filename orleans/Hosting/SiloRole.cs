using Cluster.Silo.Grains.Keyrings;

namespace Cluster.OrleansHost.Hosting;

/// <summary>What a silo is there for. One silo may have several roles.</summary>
internal static class SiloRole
{
    /// <summary>Hosts signer grains and the keyring, and alone is given the key-encryption key.</summary>
    public const string Signer = "signer";

    /// <summary>Hosts all other grains.</summary>
    public const string Work = "work";

    /// <summary>The roles there are.</summary>
    public static readonly string[] All = [Work, Signer];

    /// <summary>Which role a silo must have to host a type of grains.</summary>
    public static string Of(string grainType) =>
        grainType is Signer or KeyringServiceCollectionExtensions.GrainType ? Signer : Work;

    /// <summary>What to do where no silo has the role that a type of grains needs.</summary>
    public static string Missing(string grainType) =>
        $"No silo of role {Of(grainType)} is running: start one ({OrleansOptions.Section}:{nameof(OrleansOptions.Roles)}={Of(grainType)}) and make the call again.";
}
