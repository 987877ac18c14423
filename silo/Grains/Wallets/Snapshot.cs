namespace Cluster.Silo.Grains.Wallets;

/// <summary>What the chain had of an asset in a wallet at a slot.</summary>
/// <param name="Slot">Of the answer.</param>
/// <param name="Amount">Base units.</param>
/// <param name="TakenAt">When it was asked for.</param>
internal readonly record struct Snapshot(ulong Slot, ulong Amount, DateTimeOffset TakenAt);
