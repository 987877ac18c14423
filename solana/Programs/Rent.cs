namespace Cluster.Solana;

/// <summary>What an account must hold to live. Today's figures of the network; <c>getMinimumBalanceForRentExemption</c> tells them live.</summary>
public static class Rent
{
    /// <summary>Lamports that must lie for each byte, the account's own overhead included: two years at 3,480 a year.</summary>
    public const ulong LamportsPerByte = 2 * 3_480;

    /// <summary>Bytes that every account is charged besides its data.</summary>
    public const int AccountOverhead = 128;

    /// <summary>Lamports that an account with so many bytes of data must hold: 2,039,280 for a token account of 165.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    public static ulong MinimumBalance(int dataLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(dataLength);
        return (AccountOverhead + (ulong)dataLength) * LamportsPerByte;
    }
}
