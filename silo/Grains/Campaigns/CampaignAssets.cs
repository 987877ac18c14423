using Cluster.Silo.Grains.Assets;
using Cluster.Silo.Hosting;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Campaigns;

/// <summary>Reads what a campaign pays in, and refuses what cannot be airdropped exactly.</summary>
/// <param name="mints">Reads mints and refuses those that cannot be paid at all.</param>
internal sealed class CampaignAssets(MintReader mints)
{
    /// <summary>Reads an asset.</summary>
    /// <param name="mint">Base58; empty for SOL.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ClusterException">
    /// <see cref="StatusCode.InvalidArgument"/>: not an address; <see cref="StatusCode.FailedPrecondition"/>: the mint
    /// cannot be airdropped; <see cref="StatusCode.Unavailable"/>: the chain did not answer in time.
    /// </exception>
    public async Task<CampaignAsset> Read(string mint, CancellationToken cancellationToken)
    {
        if (mint.Length == 0)
        {
            return CampaignAsset.Sol;
        }

        if (!PublicKey.TryParse(mint, out var address, out var error))
        {
            throw new ClusterException(StatusCode.InvalidArgument, $"The mint is no address: {error}");
        }

        return new CampaignAsset(await Read(address, cancellationToken));
    }

    /// <summary>Reads a mint again, whose terms may have changed since the campaign was made.</summary>
    /// <param name="address">The mint.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="since">The slot that the answer must not be older than.</param>
    public async Task<MintInfo> Read(PublicKey address, CancellationToken cancellationToken, ulong since = 0)
    {
        var mint = await mints.Read(address, cancellationToken, since);

        // What a recipient is owed is what must arrive. With a fee, what leaves the source would be another figure than
        // what arrives, on the way into the lane and out of it again.
        return mint.Fee is null or { BasisPoints: 0 } or { MaximumFee: 0 }
            ? mint
            : throw new ClusterException(
                StatusCode.FailedPrecondition,
                $"mint {address} cannot be airdropped: it withholds {mint.Fee.Value.BasisPoints} basis points of every transfer (TransferFeeConfig), so recipients would get less than they are owed");
    }
}

/// <summary>What a campaign pays in.</summary>
/// <param name="Token">Null for SOL.</param>
internal sealed record CampaignAsset(MintInfo? Token)
{
    /// <summary>The native coin.</summary>
    public static CampaignAsset Sol { get; } = new((MintInfo?)null);

    private const byte SolDecimals = 9;

    public PublicKey? Mint => Token?.Address;

    public PublicKey? TokenProgram => Token?.Program;

    public byte Decimals => Token?.Decimals ?? SolDecimals;
}
