namespace Cluster.Solana;

/// <summary>An address lookup table on the ledger: accounts that a version 0 message may name by one byte each.</summary>
public sealed class AddressLookupTable
{
    /// <summary>The most addresses a table holds, one for every value of the byte that names them.</summary>
    public const int MaxAddresses = 256;

    private readonly PublicKey[] _addresses;

    /// <summary>Describes a table as it stands on the ledger.</summary>
    /// <param name="key">The table's own address.</param>
    /// <param name="addresses">What it holds, in its order; at most <see cref="MaxAddresses"/>.</param>
    /// <exception cref="ArgumentException">There are more addresses than a table can hold.</exception>
    public AddressLookupTable(PublicKey key, ReadOnlySpan<PublicKey> addresses)
    {
        if (addresses.Length > MaxAddresses)
        {
            throw new ArgumentException($"a lookup table holds at most {MaxAddresses} addresses, not {addresses.Length}", nameof(addresses));
        }

        Key = key;
        _addresses = addresses.ToArray();
    }

    /// <summary>The table's own address.</summary>
    public PublicKey Key { get; }

    /// <summary>What the table holds.</summary>
    public ReadOnlySpan<PublicKey> Addresses => _addresses;
}
