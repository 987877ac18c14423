using System.Security.Cryptography;
using Cluster.Silo.Storage.Audit;

namespace Cluster.Silo.Audit;

/// <summary>Does each seal follow from the one before, and does the chain hold what was anchored?</summary>
/// <param name="keys">Verify heads.</param>
/// <param name="report">Gets what is wrong.</param>
/// <param name="anchor">A seal that must be there; null where none is known.</param>
internal sealed class ChainCheck(AuditKeyRing keys, VerificationReport report, AuditAnchor? anchor)
{
    private byte[] _computed = [];
    private bool _anchorSeen;

    /// <summary>The newest seal so far.</summary>
    public AuditSeal? Last { get; private set; }

    /// <summary>Its number; 0 before the first.</summary>
    public long LastNumber => Last?.Number ?? 0;

    /// <summary>The horizon of the one before it.</summary>
    public ulong HorizonBefore { get; private set; }

    /// <summary>Takes the next seal.</summary>
    public void Check(AuditSeal seal)
    {
        report.Seals++;
        var follows = seal.Number == LastNumber + 1;
        if (!follows)
        {
            report.Add(0, seal.Number, seal.Number <= LastNumber
                ? $"seal {seal.Number} stands there more than once"
                : $"the seals from {LastNumber + 1} to {seal.Number - 1} were removed, so that seal {seal.Number} cannot be verified");
        }

        var computed = keys.Find(seal.KeyId) is { } key ? Match(key, seal) : null;
        if (follows && computed is null)
        {
            report.Add(0, seal.Number, keys.Find(seal.KeyId) is null
                ? $"seal {seal.Number} is under the key {seal.KeyId}, which this process does not have: it was forged, or a former key is not configured"
                : $"seal {seal.Number} was changed, or forged");
        }

        if (anchor is { } wanted && wanted.Number == seal.Number)
        {
            _anchorSeen = true;
            if (AuditAnchor.Of(seal) != wanted)
            {
                report.Add(0, seal.Number, $"seal {seal.Number} is not the one that was anchored: the log was rewritten from there or before");
            }
        }

        HorizonBefore = Last?.Horizon ?? 0;
        _computed = computed ?? (keys.Find(seal.KeyId) is { } own ? own.Mac(MacContent.Of(seal, Last is null ? default : Last.Head.Span)) : []);
        Last = seal;
    }

    /// <summary>After the last seal.</summary>
    public void End()
    {
        if (anchor is { } wanted && !_anchorSeen)
        {
            report.Add(0, wanted.Number, $"the log was cut off: it was sealed up to seal {wanted.Number}, and ends with {LastNumber}");
        }
    }

    /// <summary>
    /// The head, where it follows from the head before as that stands there, or as it should stand there: so that one
    /// changed seal is one finding.
    /// </summary>
    private byte[]? Match(AuditKey key, AuditSeal seal)
    {
        ReadOnlySpan<byte> before = Last is null ? default : Last.Head.Span;
        var head = key.Mac(MacContent.Of(seal, before));
        if (!CryptographicOperations.FixedTimeEquals(head, seal.Head.Span))
        {
            head = key.Mac(MacContent.Of(seal, _computed));
        }

        return CryptographicOperations.FixedTimeEquals(head, seal.Head.Span) ? head : null;
    }
}
