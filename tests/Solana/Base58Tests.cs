using Cluster.Solana;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Cluster.Tests.Solana;

public sealed class Base58Tests
{
    [Fact]
    public void Keys_signatures_and_blockhashes_are_written_as_a_general_codec_writes_them_and_read_back()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = new byte[64];
            random.NextBytes(bytes);
            // Leading zeros are what a codec gets wrong first.
            Array.Clear(bytes, 0, i % 5 == 0 ? random.Next(34) : 0);
            var key = PublicKey.FromBytes(bytes.AsSpan(0, 32));
            var signature = Signature.FromBytes(bytes);

            Assert.Equal(SimpleBase.Base58.Bitcoin.Encode(bytes.AsSpan(0, 32)), key.ToString());
            Assert.Equal(SimpleBase.Base58.Bitcoin.Encode(bytes), signature.ToString());
            Assert.Equal(key, PublicKey.Parse(key.ToString()));
            Assert.Equal(signature, Signature.Parse(signature.ToString()));
            Assert.Equal(key.AsSpan(), Blockhash.Parse(key.ToString()).AsSpan());
        }
    }

    [Theory]
    [InlineData("11111111111111111111111111111111", 0)]
    [InlineData("JEKNVnkbo3jma5nREBBJCDoXFVeKkD56V3xKrvRmWxFG", 255)]
    public void The_least_and_the_greatest_key_are_read(string text, byte value)
    {
        var key = PublicKey.Parse(text);

        Assert.Equal(Enumerable.Repeat(value, 32), key.AsSpan().ToArray());
        Assert.Equal(text, key.ToString());
    }

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("So11111111111111111111111111111111111111O12", "character 'O' at position 41 is not base58")]
    [InlineData(" o1111111111111111111111111111111111111111", "character U+0020 at position 1 is not base58")]
    [InlineData("Soé1111111111111111111111111111111111111112", "character 'é' at position 3 is not base58")]
    [InlineData("111111111111111111111111111111111", "it decodes to 33 bytes, not 32")]
    [InlineData("1111111111111111111111111111111", "it decodes to 31 bytes, not 32")]
    [InlineData("JEKNVnkbo3jma5nREBBJCDoXFVeKkD56V3xKrvRmWxFH", "it decodes to 33 bytes, not 32")]
    [InlineData("zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", "it decodes to 33 bytes, not 32")]
    [InlineData("1So11111111111111111111111111111111111111112", "it decodes to 33 bytes, not 32")]
    [InlineData("SoSo1111111111111111111111111111111111111111112", "it is 47 characters long, base58 of 32 bytes has at most 44")]
    public void What_is_no_key_is_refused_with_the_reason(string text, string reason)
    {
        var parsed = PublicKey.TryParse(text, out _, out var error);

        Assert.False(parsed);
        Assert.Equal($"invalid public key \"{text}\": {reason}", error);
        Assert.Equal(error, Assert.Throws<FormatException>(() => PublicKey.Parse(text)).Message);
        Assert.False(PublicKey.TryParse(text, out _));
    }

    [Fact]
    public void A_long_text_is_shown_in_part()
    {
        Assert.False(PublicKey.TryParse(new string('z', 1_000_000), out _, out var error));

        Assert.InRange(error!.Length, 100, 220);
        Assert.Contains("it is 1000000 characters long", error);
    }

    [Fact]
    public void Any_text_that_is_read_is_the_one_text_of_its_key()
    {
        var alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".ToCharArray();
        var texts = Gen.Elements(alphabet).ArrayOf(43).Select(characters => new string(characters));

        Prop.ForAll(texts.ToArbitrary(), text => !PublicKey.TryParse(text, out var key) || key.ToString() == text)
            .Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true));
    }

    [Fact]
    public void Text_that_does_not_fit_is_not_written()
    {
        var key = PublicKey.Parse("So11111111111111111111111111111111111111112");

        Assert.False(key.TryFormat(stackalloc char[42], out var written));
        Assert.Equal(0, written);
        Assert.True(key.TryFormat(stackalloc byte[43], out written));
        Assert.Equal(43, written);
    }
}
