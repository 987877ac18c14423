using System.Buffers.Binary;
using Cluster.Silo.Hosting;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Assets;

/// <summary>Accounts in which the runtime tells of itself. Source: https://docs.anza.xyz/runtime/sysvars</summary>
internal static class Sysvars
{
    /// <summary>The clock: slot, start of the epoch, epoch, and two fields more of eight bytes each.</summary>
    public static readonly PublicKey Clock = PublicKey.Parse("SysvarC1ock11111111111111111111111111111111");

    /// <summary>The owner of all of them.</summary>
    public static readonly PublicKey Owner = PublicKey.Parse("Sysvar1111111111111111111111111111111111111");

    private const int EpochOffset = 16;
    private const int ClockSize = 40;

    /// <summary>The epoch by the clock.</summary>
    /// <param name="clock">The account of <see cref="Clock"/>.</param>
    /// <exception cref="ClusterException"><see cref="StatusCode.Unavailable"/>: the node has no clock.</exception>
    public static ulong Epoch(AccountInfo? clock) =>
        clock is { Data.Length: >= ClockSize }
            ? BinaryPrimitives.ReadUInt64LittleEndian(clock.Data.Span[EpochOffset..])
            : throw new ClusterException(StatusCode.Unavailable, $"The node does not give the clock ({Clock}): its answers cannot be used.");
}
