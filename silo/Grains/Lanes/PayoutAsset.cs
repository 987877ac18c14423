using Cluster.Silo.Grains.Assets;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>What is paid out, and what an account of it costs.</summary>
/// <param name="Token">Null for SOL.</param>
/// <param name="AccountRent">Lamports that a recipient's account must hold: a token account, or for SOL an empty wallet.</param>
internal sealed record PayoutAsset(MintInfo? Token, ulong AccountRent)
{
    /// <summary>The campaign pays in SOL.</summary>
    public bool IsSol => Token is null;

    /// <summary>What a lane costs.</summary>
    public LaneCosts Costs => new(IsSol ? 0 : AccountRent, IsSol);

    /// <summary>Reads what an account costs on this network.</summary>
    public static async Task<PayoutAsset> Read(ISolanaRpc rpc, MintInfo? token, CancellationToken cancellationToken)
    {
        var rent = await rpc.GetMinimumBalanceForRentExemption(token?.AccountSize ?? 0, RpcQuery.Confirmed, cancellationToken);
        return new PayoutAsset(token, rent);
    }
}

/// <summary>What it takes to build a lane's transactions.</summary>
/// <param name="Asset">What is paid out.</param>
/// <param name="Wallet">The lane's wallet: pays, signs, pays fees and rent.</param>
/// <param name="Price">Micro-lamports offered for a compute unit.</param>
internal sealed record PayoutTermsOf(PayoutAsset Asset, PublicKey Wallet, ulong Price)
{
    private const ulong MicroLamports = 1_000_000;

    /// <summary>The lane's own token account; the wallet itself for SOL.</summary>
    public PublicKey Source { get; } = Asset.Token is { } token ? token.AccountOf(Wallet) : Wallet;

    /// <summary>The terms of a token campaign; null for SOL.</summary>
    public TokenPayoutTerms? Token { get; } = Asset.Token is not { } mint
        ? null
        : new TokenPayoutTerms
        {
            FeePayer = Wallet,
            ComputeUnitPrice = Price,
            Source = mint.AccountOf(Wallet),
            Owner = Wallet,
            Mint = mint.Address,
            Decimals = mint.Decimals,
            TokenProgram = mint.Program,
            ExpectedFee = mint.Fee,
        };

    /// <summary>The terms of a SOL campaign.</summary>
    public SolPayoutTerms Sol { get; } = new() { FeePayer = Wallet, ComputeUnitPrice = Price, Source = Wallet };

    /// <summary>Lamports that the dearest batch can cost.</summary>
    public ulong MaxFee => Fee(Price, ComputeBudget.MaxComputeUnits);

    /// <summary>Lamports that a transaction with one signature costs.</summary>
    public static ulong Fee(ulong price, uint computeUnitLimit) => checked(
        Transaction.LamportsPerSignature + (ulong)((((UInt128)price * computeUnitLimit) + MicroLamports - 1) / MicroLamports));
}
