using Cluster.Solana;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>Packs payees into transactions, as many as fit; the one place that decides where a batch ends.</summary>
/// <param name="terms">What the lane's transactions have in common.</param>
/// <param name="variety">Keeps equal batches apart; null where batches are counted only.</param>
internal sealed class BatchBuilder(PayoutTermsOf terms, BatchVariety? variety = null)
{
    /// <summary>More recipients than ever fit one transaction.</summary>
    public const int MaxPayees = 64;

    private PayoutTermsOf _terms = terms;
    private Blockhash _blockhash;

    private readonly byte[] _buffer = new byte[Transaction.MaxSize];
    private readonly TokenPayout[] _tokens = new TokenPayout[MaxPayees];
    private readonly SolPayout[] _sol = new SolPayout[MaxPayees];

    /// <summary>The transaction packed last, its signature still zero; overwritten by the next one.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer;

    /// <summary>Packs with other terms, and a blockhash that can land, from now on. Without, batches can be counted only.</summary>
    public void Renew(PayoutTermsOf terms, Blockhash blockhash) => (_terms, _blockhash) = (terms, blockhash);

    /// <summary>Packs payees from the first on.</summary>
    /// <param name="payees">At least one, none of them refused, their sequences contiguous.</param>
    /// <param name="batch">What was packed.</param>
    public void Pack(ReadOnlySpan<Payee> payees, out BuiltBatch batch)
    {
        payees = payees[..Math.Min(payees.Length, MaxPayees)];
        var packed = PackAll(payees, spareUnits: 0);
        if (variety?.SpareUnits(_buffer.AsSpan(0, packed.Size)) is { } spare and > 0)
        {
            packed = PackAll(payees[..packed.Count], spare);
        }

        var (amount, missing) = (0UL, 0);
        for (var at = 0; at < packed.Count; at++)
        {
            amount = checked(amount + payees[at].Recipient.Amount);
            missing += IsMadeHere(payees, at) ? 1 : 0;
        }

        var fee = PayoutTermsOf.Fee(_terms.Price, packed.ComputeUnitLimit);
        var rent = checked((ulong)missing * _terms.Asset.AccountRent);
        batch = new BuiltBatch(packed.Count, packed.Size, amount, missing, fee, rent);
    }

    /// <summary>Whether an account is missing and no payee before has it made: rows of one owner share theirs.</summary>
    private static bool IsMadeHere(ReadOnlySpan<Payee> payees, int at)
    {
        if (payees[at].State != PayeeState.Missing)
        {
            return false;
        }

        foreach (ref readonly var before in payees[..at])
        {
            if (before.Account == payees[at].Account)
            {
                return false;
            }
        }

        return true;
    }

    private PackedBatch PackAll(ReadOnlySpan<Payee> payees, uint spareUnits) => _terms.Token is { } token
        ? PackTokens(spareUnits == 0 ? token : token with { SpareComputeUnits = spareUnits }, payees)
        : PackSol(spareUnits == 0 ? _terms.Sol : _terms.Sol with { SpareComputeUnits = spareUnits }, payees);

    private PackedBatch PackTokens(TokenPayoutTerms token, ReadOnlySpan<Payee> payees)
    {
        for (var at = 0; at < payees.Length; at++)
        {
            _tokens[at] = payees[at].ToTokenPayout();
        }

        return BatchPacker.Pack(token, _tokens.AsSpan(0, payees.Length), _blockhash, _buffer);
    }

    private PackedBatch PackSol(SolPayoutTerms sol, ReadOnlySpan<Payee> payees)
    {
        for (var at = 0; at < payees.Length; at++)
        {
            _sol[at] = new SolPayout(payees[at].Recipient.Owner, payees[at].Recipient.Amount);
        }

        return BatchPacker.Pack(sol, _sol.AsSpan(0, payees.Length), _blockhash, _buffer);
    }
}

/// <summary>A transaction before it is signed.</summary>
/// <param name="Count">Recipients in it.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Amount">What they get, in base units.</param>
/// <param name="Missing">Token accounts that it makes.</param>
/// <param name="Fee">Lamports.</param>
/// <param name="Rent">Lamports.</param>
internal readonly record struct BuiltBatch(int Count, int Size, ulong Amount, int Missing, ulong Fee, ulong Rent);
