namespace Cluster.Solana;

/// <summary>Which ledger the endpoints must serve. Checked against each endpoint's genesis hash before it is used.</summary>
public enum SolanaNetwork
{
    /// <summary>A validator of one's own: any ledger except the three public ones.</summary>
    Localnet,

    /// <summary>The public test network for applications.</summary>
    Devnet,

    /// <summary>The public test network for validators.</summary>
    Testnet,

    /// <summary>Where tokens have a price.</summary>
    MainnetBeta,
}

/// <summary>Genesis hashes of the public networks, as <c>solana genesis-hash</c> prints them.</summary>
internal static class GenesisHashes
{
    private static readonly (SolanaNetwork Network, Blockhash Hash)[] Public =
    [
        (SolanaNetwork.MainnetBeta, Blockhash.Parse("5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d")),
        (SolanaNetwork.Devnet, Blockhash.Parse("EtWTRABZaYq6iMfeYKouRu166VU2xqa1wcaWoxPkrZBG")),
        (SolanaNetwork.Testnet, Blockhash.Parse("4uhcVJyU9pJkvQyS88uRDiswHXSCkY3zQawwpjk2NsNY")),
    ];

    /// <summary>The network that a genesis hash belongs to; what is not public is a localnet.</summary>
    public static SolanaNetwork NetworkOf(Blockhash genesis)
    {
        foreach (var (network, hash) in Public)
        {
            if (hash == genesis)
            {
                return network;
            }
        }

        return SolanaNetwork.Localnet;
    }
}
