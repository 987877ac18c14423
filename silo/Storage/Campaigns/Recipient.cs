using Cluster.Solana;

namespace Cluster.Silo.Storage.Campaigns;

/// <summary>Who is owed what.</summary>
/// <param name="Sequence">From 1, without gaps, in the order of the upload.</param>
/// <param name="Owner">The recipient's address.</param>
/// <param name="Amount">Base units, above zero.</param>
internal readonly record struct Recipient(long Sequence, PublicKey Owner, ulong Amount);
