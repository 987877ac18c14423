using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Cluster.Solana;

namespace Cluster.Bench.Solana;

/// <summary>Associated token accounts derived, beside @solana/kit in Node, one core each.</summary>
internal sealed class TokenAccountDerivation : Benchmark
{
    private const double AtLeast = 20;
    private const int Owners = 4096;

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(1);

    public override string Name => "derivation";

    public override string Figure => "associated token accounts derived a second and core";

    public override string Reference => "@solana/kit in Node";

    public override string Bound => $"{AtLeast:N0} ×";

    public override async Task<Measurement> Measure(CancellationToken cancellationToken)
    {
        var owners = new PublicKey[Owners];
        for (var i = 0; i < owners.Length; i++)
        {
            owners[i] = PublicKey.FromBytes(RandomNumberGenerator.GetBytes(PublicKey.Size));
        }

        var comparison = await Comparison.Of(() => Task.FromResult(Ours(owners)), () => Theirs(cancellationToken));
        return comparison.Row(AtLeast, "accounts/s");
    }

    private static double Ours(PublicKey[] owners)
    {
        var mint = owners[0];
        var start = Stopwatch.GetTimestamp();
        long count = 0;
        while (Stopwatch.GetElapsedTime(start) < Round)
        {
            foreach (ref readonly var owner in owners.AsSpan())
            {
                AssociatedTokenAccount.Derive(owner, mint, TokenProgram.SplTokenId);
            }

            count += owners.Length;
        }

        return count / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static async Task<double> Theirs(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("node") { ArgumentList = { "tests/clients/derive-rate.mjs", "2" }, RedirectStandardOutput = true, UseShellExecute = false };
        using var node = Process.Start(start)!;
        var output = await node.StandardOutput.ReadToEndAsync(cancellationToken);
        await node.WaitForExitAsync(cancellationToken);
        return double.Parse(output, CultureInfo.InvariantCulture);
    }
}
