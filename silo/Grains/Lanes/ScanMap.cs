namespace Cluster.Silo.Grains.Lanes;

/// <summary>
/// What a scan learned of a range of recipients, one byte each: the state of the account in the upper two bits, and in
/// the lower six how far below 255 its bump seed lies, so that the address need not be searched for again.
/// </summary>
/// <param name="first">Sequence of the range's first recipient.</param>
/// <param name="last">Sequence of its last one.</param>
internal sealed class ScanMap(long first, long last)
{
    private const int StateShift = 6;
    private const byte BumpMask = 0x3F;

    private readonly byte[] _marks = new byte[checked((int)(last - first + 1))];

    /// <summary>Sequence of the first recipient.</summary>
    public long First => first;

    /// <summary>Sequence of the last one.</summary>
    public long Last => last;

    /// <summary>Notes what was learned of a recipient.</summary>
    public void Note(in Payee payee)
    {
        // A bump seed below 192 has a chance of 2^-63; such a recipient is looked up again.
        var distance = byte.MaxValue - payee.Bump;
        _marks[payee.Recipient.Sequence - first] = distance > BumpMask
            ? (byte)0
            : (byte)(((int)payee.State << StateShift) | distance);
    }

    /// <summary>What was learned; <see cref="PayeeState.Unknown"/> where nothing was.</summary>
    public (PayeeState State, byte Bump) Of(long sequence)
    {
        if (sequence < first || sequence > last)
        {
            return (PayeeState.Unknown, 0);
        }

        var mark = _marks[sequence - first];
        return ((PayeeState)(mark >> StateShift), (byte)(byte.MaxValue - (mark & BumpMask)));
    }
}
