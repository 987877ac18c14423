using System.Text;
using Cluster.Silo.Grains.Access.SecondFactors;
using Xunit;

namespace Cluster.Tests.Silo.Access;

public sealed class OneTimePasswordTests
{
    private static readonly byte[] Secret = Encoding.ASCII.GetBytes("12345678901234567890");

    /// <summary>RFC 6238, appendix B, SHA-1.</summary>
    [Theory]
    [InlineData(59, "94287082")]
    [InlineData(1_111_111_109, "07081804")]
    [InlineData(1_111_111_111, "14050471")]
    [InlineData(1_234_567_890, "89005924")]
    [InlineData(2_000_000_000, "69279037")]
    [InlineData(20_000_000_000, "65353130")]
    public void Codes_are_those_of_the_rfc(long seconds, string code)
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(seconds);

        Assert.Equal(code, OneTimePassword.CodeOf(Secret, OneTimePassword.StepAt(now), digits: 8));
        Assert.Equal(OneTimePassword.StepAt(now), OneTimePassword.FindStep(Secret, code[2..], now));
    }

    [Fact]
    public void A_clock_may_be_off_by_one_step_and_no_more()
    {
        var now = DateTimeOffset.FromUnixTimeSeconds(1_234_567_890);
        var step = OneTimePassword.StepAt(now);

        foreach (var (off, accepted) in new[] { (-2, false), (-1, true), (0, true), (1, true), (2, false) })
        {
            Assert.Equal(accepted ? step + off : null, OneTimePassword.FindStep(Secret, OneTimePassword.CodeOf(Secret, step + off), now));
        }

        Assert.All(new[] { "", "12345", "1234567", "００５９２４", "abcdef" }, code => Assert.Null(OneTimePassword.FindStep(Secret, code, now)));
    }

    /// <summary>RFC 4648, section 10, without padding.</summary>
    [Theory]
    [InlineData("", "")]
    [InlineData("f", "MY")]
    [InlineData("fo", "MZXQ")]
    [InlineData("foo", "MZXW6")]
    [InlineData("foob", "MZXW6YQ")]
    [InlineData("fooba", "MZXW6YTB")]
    [InlineData("foobar", "MZXW6YTBOI")]
    public void Base32_is_that_of_the_rfc(string text, string encoded) =>
        Assert.Equal(encoded, Base32.Encode(Encoding.ASCII.GetBytes(text)));
}
