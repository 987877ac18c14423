using System.Numerics;
using Cluster.Silo.Grains.Campaigns.Uploads;
using Cluster.V1;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Cluster.Tests.Silo.Campaigns;

public sealed class AmountReaderTests
{
    [Theory]
    [InlineData("1", 1)]
    [InlineData("007", 7)]
    [InlineData("18446744073709551615", ulong.MaxValue)]
    public void Base_units_are_whole_numbers(string text, ulong expected)
    {
        Assert.Null(AmountReader.Read(text, AmountUnit.BaseUnits, decimals: 6, out var amount));
        Assert.Equal(expected, amount);
    }

    [Theory]
    [InlineData("1", 6, 1_000_000)]
    [InlineData("0.000001", 6, 1)]
    [InlineData("1.5", 6, 1_500_000)]
    [InlineData("42", 0, 42)]
    [InlineData("18446744073709.551615", 6, ulong.MaxValue)]
    public void Tokens_are_decimals_that_the_mint_can_hold(string text, byte decimals, ulong expected)
    {
        Assert.Null(AmountReader.Read(text, AmountUnit.Tokens, decimals, out var amount));
        Assert.Equal(expected, amount);
    }

    [Theory]
    [InlineData("", "missing")]
    [InlineData("0", "zero")]
    [InlineData("00", "zero")]
    [InlineData("-1", "negative")]
    [InlineData("+1", "'+' at character 1")]
    [InlineData("1e3", "'e' at character 2")]
    [InlineData(" 1", "a space at character 1")]
    [InlineData("1 ", "a space at character 2")]
    [InlineData("1,000", "comma")]
    [InlineData("1_000", "'_' at character 2")]
    [InlineData("0x10", "'x' at character 2")]
    [InlineData("1.5", "whole numbers")]
    [InlineData("١", "U+0661")]
    [InlineData("\u00a01", "U+00A0")]
    [InlineData("18446744073709551616", "more than 18446744073709551615")]
    [InlineData("99999999999999999999999999999999999999", "more than 18446744073709551615")]
    public void What_is_no_amount_in_base_units_is_refused_with_its_reason(string text, string reason) =>
        Assert.Contains(reason, AmountReader.Read(text, AmountUnit.BaseUnits, decimals: 6, out _), StringComparison.Ordinal);

    [Theory]
    [InlineData("0.0000001", "7 decimals, the mint has 6")]
    [InlineData("1.0000000", "7 decimals, the mint has 6")]
    [InlineData("1.2.3", "two points")]
    [InlineData(".5", "both sides")]
    [InlineData("5.", "both sides")]
    [InlineData(".", "both sides")]
    [InlineData("0.000000", "zero")]
    [InlineData("18446744073709.551616", "more than")]
    [InlineData("NaN", "'N' at character 1")]
    public void What_is_no_amount_in_tokens_is_refused_with_its_reason(string text, string reason) =>
        Assert.Contains(reason, AmountReader.Read(text, AmountUnit.Tokens, decimals: 6, out _), StringComparison.Ordinal);

    [Fact]
    public void An_amount_longer_than_any_number_is_refused_by_its_length() =>
        Assert.Contains("1000 characters", AmountReader.Read(new string('9', 1000), AmountUnit.Tokens, 9, out _), StringComparison.Ordinal);

    [Fact]
    public void A_mint_of_255_decimals_can_be_owed_nothing_but_fractions()
    {
        Assert.NotNull(AmountReader.Read("1", AmountUnit.Tokens, byte.MaxValue, out _));
        Assert.Contains("zero", AmountReader.Read("0", AmountUnit.Tokens, byte.MaxValue, out _), StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_is_written_in_tokens_is_read_as_exactly_that() =>
        Prop.ForAll(
            ArbMap.Default.ArbFor<ulong>(),
            Gen.Choose(0, 20).ToArbitrary(),
            (value, decimals) =>
            {
                var amount = Math.Max(1, value);
                var digits = amount.ToString().PadLeft(decimals + 1, '0');
                var text = decimals == 0 ? digits : $"{digits[..^decimals]}.{digits[^decimals..]}";
                return AmountReader.Read(text, AmountUnit.Tokens, (byte)decimals, out var read) is null && read == amount;
            }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));

    [Fact]
    public void Any_text_is_either_read_exactly_or_refused() =>
        Prop.ForAll(
            Gen.Elements("0", "1", "9", ".", "-", " ", "e", ",", "18446744073709551615").ListOf().Select(string.Concat).ToArbitrary(),
            text =>
            {
                var refused = AmountReader.Read(text, AmountUnit.BaseUnits, 6, out var read) is not null;
                var isNumber = text.Length is > 0 and <= 64 && text.All(char.IsAsciiDigit);
                var value = isNumber ? BigInteger.Parse(text) : 0;
                return refused == (value <= 0 || value > ulong.MaxValue) && (refused || read == value);
            }).Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
}
