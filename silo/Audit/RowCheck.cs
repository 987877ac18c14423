using System.Security.Cryptography;
using Cluster.Silo.Storage.Audit;

namespace Cluster.Silo.Audit;

/// <summary>Is a row what its writer wrote?</summary>
internal static class RowCheck
{
    /// <summary>What is wrong with a row by itself; null where its MAC is right.</summary>
    public static string? Fault(AuditKeyRing keys, StoredAuditRow stored)
    {
        if (stored.Mac.Length != AuditKey.MacSize)
        {
            return $"entry {stored.AuditId} has no MAC: it was inserted by hand";
        }

        return keys.Find(stored.KeyId) is not { } key
            ? $"entry {stored.AuditId} is under the key {stored.KeyId}, which this process does not have: it was inserted by hand, or a former key is not configured"
            : Fits(key, stored, stored.Mac.Span) ? null : $"entry {stored.AuditId} was changed, or inserted by hand: its MAC is not that of its content";
    }

    /// <summary>Whether a MAC is that of a row's content.</summary>
    public static bool Fits(AuditKey key, StoredAuditRow stored, ReadOnlySpan<byte> mac) =>
        CryptographicOperations.FixedTimeEquals(key.Mac(MacContent.Of(stored.Row)), mac);
}
