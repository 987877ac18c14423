using Cluster.Solana;

namespace Cluster.Silo.Grains.Lanes;

/// <summary>
/// Cuts a stream of payees into batches: contiguous sequences, as many as fit a transaction, broken where one cannot be
/// paid. Estimates, scans and payments all cut with it, so what was counted is what is paid.
/// </summary>
/// <param name="builder">Decides how many fit.</param>
internal sealed class BatchCutter(BatchBuilder builder)
{
    private Payee[] _payees = new Payee[2048];
    private int _head;
    private int _tail;

    /// <summary>The bytes of the batch cut last.</summary>
    public ReadOnlySpan<byte> Bytes => builder.Bytes;

    /// <summary>Adds the next payees, in order of sequence.</summary>
    public void Add(ReadOnlySpan<Payee> payees)
    {
        if (_tail + payees.Length > _payees.Length)
        {
            var waiting = _tail - _head;
            var room = Math.Max(_payees.Length, waiting + payees.Length);
            var moved = room == _payees.Length ? _payees : new Payee[room];
            Array.Copy(_payees, _head, moved, 0, waiting);
            (_payees, _head, _tail) = (moved, 0, waiting);
        }

        payees.CopyTo(_payees.AsSpan(_tail));
        _tail += payees.Length;
    }

    /// <summary>Packs with other terms and a fresh blockhash from now on; payees that wait stay.</summary>
    public void Renew(PayoutTermsOf terms, Blockhash blockhash) => builder.Renew(terms, blockhash);

    /// <summary>Cuts the next piece off.</summary>
    /// <param name="isEnd">No payee follows those that were added.</param>
    /// <param name="cut">A batch, or one payee that cannot be paid.</param>
    /// <returns>False where more payees must be added first, or none is left.</returns>
    public bool TryCut(bool isEnd, out Cut cut)
    {
        var payees = _payees.AsSpan(_head, Math.Min(_tail - _head, BatchBuilder.MaxPayees));
        var run = 0;
        while (run < payees.Length && payees[run].State != PayeeState.Refused)
        {
            run++;
        }

        var isWhole = isEnd || run == BatchBuilder.MaxPayees || run < payees.Length;
        if (payees.IsEmpty || !isWhole)
        {
            cut = default;
            return false;
        }

        if (run == 0)
        {
            cut = new Cut(payees[0].Recipient.Sequence, payees[0].Recipient.Owner, default);
            _head++;
            return true;
        }

        builder.Pack(payees[..run], out var batch);
        cut = new Cut(payees[0].Recipient.Sequence, default, batch);
        _head += batch.Count;
        return true;
    }
}

/// <summary>A piece of a stream of payees.</summary>
/// <param name="First">Sequence of its first payee.</param>
/// <param name="Refused">Where it is one that cannot be paid: its owner.</param>
/// <param name="Batch">Where it is a batch: what was packed.</param>
internal readonly record struct Cut(long First, PublicKey Refused, BuiltBatch Batch)
{
    /// <summary>It is one payee that cannot be paid.</summary>
    public bool IsRefused => Batch.Count == 0;

    /// <summary>Sequence of its last payee.</summary>
    public long Last => IsRefused ? First : First + Batch.Count - 1;
}
