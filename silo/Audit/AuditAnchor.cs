using System.Globalization;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Audit;

namespace Cluster.Silo.Audit;

/// <summary>
/// Stands for the whole log up to a seal. Kept where nobody who can write to the database can write, it tells when the
/// newest rows were cut off.
/// </summary>
/// <param name="Number">The seal's number.</param>
/// <param name="Head">Its head, in hexadecimal.</param>
internal readonly record struct AuditAnchor(long Number, string Head)
{
    /// <summary>Of a seal.</summary>
    public static AuditAnchor Of(AuditSeal seal) => new(seal.Number, Convert.ToHexStringLower(seal.Head.Span));

    /// <summary>Reads what <see cref="ToString"/> wrote; null for an empty text.</summary>
    /// <exception cref="ClusterException"><see cref="StatusCode.InvalidArgument"/>: it is no anchor.</exception>
    public static AuditAnchor? Parse(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        var parts = text.Split(':');
        return parts is [var number, { Length: 2 * AuditKey.MacSize } head]
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed)
            && head.All(char.IsAsciiHexDigit)
                ? new AuditAnchor(parsed, head.ToLowerInvariant())
                : throw new ClusterException(
                    StatusCode.InvalidArgument,
                    $"anchor '{text}' is none: it is a seal's number, a colon and 64 hexadecimal digits, as a verification printed it.");
    }

    /// <summary>The number, a colon, the head.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Number}:{Head}");
}
