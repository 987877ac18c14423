using Cluster.Cli.Output;
using Cluster.Cli.Verification;
using Xunit;

namespace Cluster.Tests.Cli;

public sealed class DecimalTextTests
{
    [Theory]
    [InlineData("12.5", 6, 12_500_000)]
    [InlineData("0.000001", 6, 1)]
    [InlineData(".5", 1, 5)]
    [InlineData("7.", 0, 7)]
    [InlineData("7.00", 0, 7)]
    [InlineData("18446744073709551615", 0, ulong.MaxValue)]
    [InlineData("18446744073709.551615", 6, ulong.MaxValue)]
    public void An_amount_that_the_mint_can_hold_is_read_exactly(string text, uint decimals, ulong expected)
    {
        Assert.True(DecimalText.TryParse(text, decimals, out var amount));
        Assert.Equal(expected, amount);
    }

    [Theory]
    [InlineData("", 6)]
    [InlineData(".", 6)]
    [InlineData("-1", 0)]
    [InlineData("+1", 0)]
    [InlineData("1e3", 6)]
    [InlineData("1 000", 6)]
    [InlineData("1.2.3", 6)]
    [InlineData("0.0000001", 6)]
    [InlineData("18446744073709551616", 0)]
    [InlineData("18446744073709.551616", 6)]
    public void Anything_else_is_no_amount(string text, uint decimals) =>
        Assert.False(DecimalText.TryParse(text, decimals, out _));

    [Theory]
    [InlineData(1_234_500_000, 6, "1,234.5")]
    [InlineData(1, 9, "0.000000001")]
    [InlineData(0, 9, "0")]
    [InlineData(ulong.MaxValue, 0, "18,446,744,073,709,551,615")]
    [InlineData(ulong.MaxValue, 20, "0.18446744073709551615")]
    public void Amounts_are_shown_without_rounding(ulong baseUnits, uint decimals, string expected) =>
        Assert.Equal(expected, Amounts.Format(baseUnits, decimals));
}
