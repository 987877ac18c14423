using System.Diagnostics;
using System.Security.Cryptography;
using Cluster.Solana;

namespace Cluster.Bench.Solana;

/// <summary>Full transactions packed and signed, beside the signatures alone, one core.</summary>
internal sealed class PackingAndSigning : Benchmark
{
    private const double AtLeast = 0.8;
    private const int Recipients = 19;

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    private readonly byte[] _buffer = new byte[Transaction.MaxSize];

    public override string Name => "packing";

    public override string Figure => "transactions packed (19 payments) and signed a second and core";

    public override string Reference => "Ed25519 signatures alone (OpenSSL)";

    public override string Bound => $"{AtLeast:N1} ×";

    public override async Task<Measurement> Measure(CancellationToken cancellationToken)
    {
        using var key = SigningKey.Generate();
        var terms = new TokenPayoutTerms
        {
            FeePayer = key.PublicKey,
            Owner = key.PublicKey,
            Source = Random(),
            Mint = Random(),
            Decimals = 6,
            TokenProgram = TokenProgram.SplTokenId,
        };
        var payouts = new TokenPayout[Recipients];
        for (var i = 0; i < payouts.Length; i++)
        {
            payouts[i] = new(Random(), Random(), (ulong)i + 1, CreateTokenAccount: false, Bump: 255);
        }

        var blockhash = Blockhash.FromBytes(RandomNumberGenerator.GetBytes(32));
        var comparison = await Comparison.Of(
            () => Task.FromResult(Rate(() => PackAndSign(key, terms, payouts, blockhash))),
            () => Task.FromResult(Rate(() => SignOnly(key))));
        return comparison.Row(AtLeast, "transactions/s");
    }

    private void PackAndSign(SigningKey key, TokenPayoutTerms terms, TokenPayout[] payouts, Blockhash blockhash)
    {
        var batch = BatchPacker.Pack(terms, payouts, blockhash, _buffer);
        if (batch.Count != Recipients)
        {
            throw new InvalidOperationException($"{batch.Count} of {Recipients} payments were packed");
        }

        Transaction.Sign(_buffer.AsSpan(0, batch.Size), key);
    }

    /// <summary>The message that the last round packed: the same bytes, so the same work.</summary>
    private void SignOnly(SigningKey key)
    {
        Span<byte> signature = stackalloc byte[Signature.Size];
        key.Sign(_buffer.AsSpan(1 + Signature.Size), signature);
    }

    private static double Rate(Action once)
    {
        const int Stride = 256;
        var start = Stopwatch.GetTimestamp();
        long count = 0;
        while (Stopwatch.GetElapsedTime(start) < Round)
        {
            for (var i = 0; i < Stride; i++)
            {
                once();
            }

            count += Stride;
        }

        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static PublicKey Random() => PublicKey.FromBytes(RandomNumberGenerator.GetBytes(PublicKey.Size));
}
