using System.Numerics;
using Cluster.Solana;
using Xunit;

namespace Cluster.Tests.Solana;

public sealed class CurveTests
{
    private static readonly BigInteger Prime = BigInteger.Pow(2, 255) - 19;
    private static readonly BigInteger D =
        BigInteger.Parse("37095705934669439343138083508754565189542113879843219016388785533085940283555");

    [Fact]
    public void Five_thousand_random_keys_are_judged_as_by_the_definition()
    {
        var random = new Random(3);
        var bytes = new byte[PublicKey.Size];
        var points = 0;
        for (var i = 0; i < 5_000; i++)
        {
            random.NextBytes(bytes);
            var isPoint = IsPoint(bytes);
            points += isPoint ? 1 : 0;
            Assert.Equal(isPoint, PublicKey.FromBytes(bytes).IsOnCurve);
        }

        Assert.InRange(points, 2_200, 2_800);
    }

    // The runtime takes y modulo p and does not mind the sign of an x that is zero.
    [Fact]
    public void Numbers_around_zero_one_and_the_prime_and_all_powers_of_two_are_judged_as_by_the_definition()
    {
        var numbers = Enumerable.Range(0, 20).Select(small => (BigInteger)small)
            .Concat(Enumerable.Range(-20, 39).Select(offset => Prime + offset))
            .Concat(Enumerable.Range(1, 254).Select(bit => BigInteger.Pow(2, bit)));
        foreach (var number in numbers)
        {
            var bytes = new byte[PublicKey.Size];
            number.TryWriteBytes(bytes, out _, isUnsigned: true);
            Assert.Equal(IsPoint(bytes), PublicKey.FromBytes(bytes).IsOnCurve);

            bytes[31] |= 0x80;
            Assert.Equal(IsPoint(bytes), PublicKey.FromBytes(bytes).IsOnCurve);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void One_and_minus_one_are_points_with_either_sign(bool sign)
    {
        foreach (var y in new[] { BigInteger.One, Prime - 1, Prime + 1 })
        {
            var bytes = new byte[PublicKey.Size];
            y.TryWriteBytes(bytes, out _, isUnsigned: true);
            if (sign) bytes[31] |= 0x80;
            Assert.True(PublicKey.FromBytes(bytes).IsOnCurve);
        }
    }

    [Fact]
    public void Every_signing_key_is_on_the_curve_and_the_system_program_too()
    {
        for (var i = 0; i < 100; i++)
        {
            using var key = SigningKey.Generate();
            Assert.True(key.PublicKey.IsOnCurve);
        }

        Assert.True(SystemProgram.ProgramId.IsOnCurve);
    }

    [Fact]
    public void Seeds_that_are_too_long_are_refused()
    {
        Assert.Throws<ArgumentException>(() => ProgramAddress.Find(new byte[481], AssociatedTokenAccount.ProgramId, out _));
        Assert.False(ProgramAddress.Find(new byte[480], AssociatedTokenAccount.ProgramId, out _).IsOnCurve);
    }

    /// <summary>Whether x² = (y² − 1)/(d·y² + 1) has a solution, by inverting and by Euler's criterion.</summary>
    private static bool IsPoint(ReadOnlySpan<byte> bytes)
    {
        var y = new BigInteger(bytes, isUnsigned: true) & (BigInteger.Pow(2, 255) - 1);
        var ySquared = y * y % Prime;
        var inverse = BigInteger.ModPow(D * ySquared + 1, Prime - 2, Prime);
        var xSquared = (ySquared - 1 + Prime) * inverse % Prime;
        return xSquared.IsZero || BigInteger.ModPow(xSquared, (Prime - 1) / 2, Prime).IsOne;
    }
}
