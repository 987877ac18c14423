using Cluster.Solana;
using Xunit;

namespace Cluster.Tests.Solana;

public sealed class MnemonicTests
{
    private const string Abandon = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

    /// <summary>Published vectors of BIP-39; their passphrase is TREZOR.</summary>
    [Theory]
    [InlineData("00000000000000000000000000000000", Abandon, "c55257c360c07c72029aebc1b53c05ed0362ada38ead3e3e9efa3708e53495531f09a6987599d18264c1e1c92f2cf141630c7a3c4ab7c81b2f001698e7463b04")]
    [InlineData("7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f7f", "legal winner thank year wave sausage worth useful legal winner thank yellow", "2e8905819b8723fe2c1d161860e5ee1830318dbf49a83bd451cfb8440c28bd6fa457fe1296106559a3c80937a1c1069be3a3a5bd381ee6260e8d9739fce1f607")]
    [InlineData("ffffffffffffffffffffffffffffffff", "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo wrong", "ac27495480225222079d7be181583751e86f571027b0497b5b5d11218e0a8a13332572917f0f8e5a589620c6f15b11c61dee327651a14c34e18231052e48c069")]
    public void The_published_vectors_come_out(string entropy, string words, string seed)
    {
        using var made = Mnemonic.FromEntropy(Convert.FromHexString(entropy));
        using var read = Mnemonic.Parse(words);

        Assert.Equal(words, made.Reveal());
        Assert.Equal(seed, Seed(read, "TREZOR"));
    }

    /// <summary>Published vectors of other lengths.</summary>
    [Theory]
    [InlineData("808080808080808080808080808080808080808080808080", "letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic avoid letter always", "107d7c02a5aa6f38c58083ff74f04c607c2d2c0ecc55501dadd72d025b751bc27fe913ffb796f841c49b1d33b610cf0e91d3aa239027f5e99fe4ce9e5088cd65")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon art", "bda85446c68413707090a52022edd26a1c9462295029f2e60cd7c4f2bbd3097170af7a4d73245cafa9c3cca8d561a7c3de6f5d4a10be8ed2a5e608d68f92fcc8")]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo vote", "dd48c104698c30cfe2b6142103248622fb7bb0ff692eebb00089b32d22484e1613912f0a5b694407be899ffd31ed3992c456cdf60f5d4564b8ba3f05a69890ad")]
    public void Longer_ones_come_out(string entropy, string words, string seed)
    {
        using var made = Mnemonic.FromEntropy(Convert.FromHexString(entropy));
        using var read = Mnemonic.Parse(words.Replace(" ", "\n ", StringComparison.Ordinal));

        Assert.Equal(words, made.Reveal());
        Assert.Equal(seed, Seed(read, "TREZOR"));
    }

    /// <summary>What Phantom shows for these words as its first two accounts.</summary>
    [Theory]
    [InlineData(0, "HAgk14JpMQLgt6rVgv7cBQFJWFto5Dqxi472uT3DKpqk")]
    [InlineData(1, "Hh8QwFUA6MtVu1qAoq12ucvFHNwCcVTV7hpWjeY1Hztb")]
    public void Accounts_are_those_of_other_wallets(uint account, string address)
    {
        using var words = Mnemonic.Parse(Abandon);
        var seed = new byte[Mnemonic.SeedSize];
        words.CopySeedTo("", seed);

        using var key = Slip10.Derive(seed, DerivationPath.OfAccount(account));

        Assert.Equal(address, key.PublicKey.ToString());
        Assert.Equal(DerivationPath.OfAccount(account), DerivationPath.Parse($"m/44'/501'/{account}'/0'"));
    }

    [Theory]
    [InlineData(12)]
    [InlineData(24)]
    public void Fresh_words_are_read_again_and_differ_each_time(int count)
    {
        using var first = Mnemonic.Generate(count);
        using var second = Mnemonic.Generate(count);
        using var again = Mnemonic.Parse(first.Reveal());

        Assert.Equal(count, first.Reveal().Split(' ').Length);
        Assert.Equal(first.Reveal(), again.Reveal());
        Assert.NotEqual(first.Reveal(), second.Reveal());
        Assert.Equal("[redacted]", first.ToString());
    }

    [Theory]
    [InlineData("abandon abandon abandon", "a mnemonic has 12, 15, 18, 21 or 24 words, not 3")]
    [InlineData("abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon", "the checksum does not fit: a word is wrong, or the words are in another order")]
    [InlineData("abandon abandon abandon abandon abandom abandon abandon abandon abandon abandon abandon about", "word 5 is not in the English list of BIP-39")]
    public void What_is_wrong_is_said_without_the_words(string text, string message)
    {
        Assert.Equal(message, Assert.Throws<FormatException>(() => Mnemonic.Parse(text)).Message);
    }

    [Fact]
    public void Words_in_another_order_are_refused_but_for_one_in_sixteen()
    {
        using var words = Mnemonic.FromEntropy(Convert.FromHexString("5baf069620eff15c71dd97c9a6ee328f"));
        var list = words.Reveal().Split(' ');
        var random = new Random(39);
        var accepted = 0;
        for (var i = 0; i < 1_000; i++)
        {
            random.Shuffle(list);
            try
            {
                Mnemonic.Parse(string.Join(' ', list)).Dispose();
                accepted++;
            }
            catch (FormatException)
            {
                continue;
            }
        }

        Assert.InRange(accepted, 30, 100);
    }

    [Theory]
    [InlineData("44'/501'", "path 44'/501' must begin with m/")]
    [InlineData("m/44'/501", "element 501 of path m/44'/501 must end with ': only hardened keys can be derived for Solana")]
    [InlineData("m/2147483648'", "element 2147483648' of path m/2147483648' is no number below 2^31")]
    public void A_path_that_is_none_is_refused(string path, string message)
    {
        Assert.Equal(message, Assert.Throws<FormatException>(() => DerivationPath.Parse(path)).Message);
    }

    private static string Seed(Mnemonic words, string passphrase)
    {
        var seed = new byte[Mnemonic.SeedSize];
        words.CopySeedTo(passphrase, seed);
        return Convert.ToHexStringLower(seed);
    }
}
