using System.Security.Cryptography;
using Cluster.Solana;

namespace Cluster.Silo.Grains.Wallets.Payments;

/// <summary>
/// Keeps equal payments apart. Two of them signed with the same blockhash would be the same bytes with the same
/// signature, and the chain would pay once: so each asks for some compute units more than the one before.
/// </summary>
internal sealed class MessageVariety
{
    private const int MaxStart = 256;

    private readonly Dictionary<PaymentOrder, uint> _spare = [];

    /// <summary>An activation does not know what the one before signed with the same blockhash: it starts elsewhere.</summary>
    private readonly uint _start = (uint)RandomNumberGenerator.GetInt32(MaxStart);

    private Blockhash _blockhash;

    /// <summary>Compute units to ask for beyond what the payment takes; another number for each equal payment.</summary>
    /// <param name="order">The payment.</param>
    /// <param name="blockhash">What it will be signed with.</param>
    public uint SpareUnits(PaymentOrder order, in Blockhash blockhash)
    {
        if (_blockhash != blockhash)
        {
            _blockhash = blockhash;
            _spare.Clear();
        }

        var spare = _spare.TryGetValue(order, out var last) ? last + 1 : _start;
        _spare[order] = spare;
        return spare;
    }
}
