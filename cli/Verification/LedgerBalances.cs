using System.Buffers.Binary;
using Cluster.Solana;

namespace Cluster.Cli.Verification;

/// <summary>Reads balances from the ledger, past the cluster.</summary>
/// <param name="rpc">A node; any will do, the more independent the better.</param>
internal sealed class LedgerBalances(ISolanaRpc rpc)
{
    private const int Portion = 10_000;

    /// <summary>In a token account, by the SPL Token program's state.rs.</summary>
    private static readonly DataSlice Amount = new(64, sizeof(ulong));

    /// <summary>Base units of a mint, or lamports, by owner; 0 where there is no account.</summary>
    /// <param name="owners">The addresses.</param>
    /// <param name="mint">Null for SOL.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="CommandException">The mint does not exist.</exception>
    public async Task<Dictionary<PublicKey, ulong>> Read(
        IEnumerable<PublicKey> owners, PublicKey? mint, CancellationToken cancellationToken)
    {
        var program = mint is { } token ? await TokenProgram(token, cancellationToken) : default;
        var balances = new Dictionary<PublicKey, ulong>();
        foreach (var portion in owners.Chunk(Portion))
        {
            var accounts = mint is { } address
                ? Array.ConvertAll(portion, owner => AssociatedTokenAccount.Derive(owner, address, program))
                : portion;
            var reply = await rpc.GetMultipleAccounts(
                accounts, RpcQuery.Confirmed, mint is null ? new DataSlice(0, 0) : Amount, cancellationToken);
            for (var i = 0; i < portion.Length; i++)
            {
                balances[portion[i]] = Balance(reply.Value[i], mint is not null);
            }
        }

        return balances;
    }

    private static ulong Balance(AccountInfo? account, bool token) => account switch
    {
        null => 0,
        { } found when !token => found.Lamports,
        { Data.Length: sizeof(ulong) } found => BinaryPrimitives.ReadUInt64LittleEndian(found.Data.Span),
        _ => 0,
    };

    private async Task<PublicKey> TokenProgram(PublicKey mint, CancellationToken cancellationToken)
    {
        var account = await rpc.GetAccountInfo(mint, RpcQuery.Confirmed, new DataSlice(0, 0), cancellationToken);
        return account.Value?.Owner
            ?? throw new CommandException($"the mint {mint} does not exist at {rpc}; give the --rpc of the campaign's network", ExitCode.Input);
    }
}
