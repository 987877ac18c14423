using System.Security.Cryptography;
using System.Text;

namespace Cluster.Solana;

/// <summary>
/// Words from which keys are derived, of the English list. Source:
/// https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki
/// </summary>
public sealed class Mnemonic : IDisposable
{
    /// <summary>Bytes in a seed.</summary>
    public const int SeedSize = 64;

    private const int BitsPerWord = 11;
    private const int MinWords = 12;
    private const int MaxWords = 24;

    /// <summary>Words come in threes: 32 bits of entropy and one of checksum.</summary>
    private const int WordStep = 3;

    private const int EntropyPerStep = 4;
    private const int Iterations = 2_048;

    private static readonly Lazy<MnemonicWords> English = new(MnemonicWords.Load);

    private readonly ushort[] _indexes;
    private bool _disposed;

    private Mnemonic(ushort[] indexes) => _indexes = indexes;

    private static ReadOnlySpan<byte> SaltPrefix => "mnemonic"u8;

    /// <summary>Makes fresh words.</summary>
    /// <param name="words">12 (128 bits of entropy) or 24 (256 bits).</param>
    /// <exception cref="ArgumentException">It is another number.</exception>
    public static Mnemonic Generate(int words)
    {
        if (words is not (MinWords or MaxWords)) throw new ArgumentException($"a mnemonic is made of 12 or 24 words, not of {words}", nameof(words));

        Span<byte> entropy = stackalloc byte[words / WordStep * EntropyPerStep];
        try
        {
            RandomNumberGenerator.Fill(entropy);
            return FromEntropy(entropy);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(entropy);
        }
    }

    /// <summary>The words of an entropy.</summary>
    /// <param name="entropy">16, 20, 24, 28 or 32 bytes; stays the caller's.</param>
    /// <exception cref="ArgumentException">It has another length.</exception>
    public static Mnemonic FromEntropy(ReadOnlySpan<byte> entropy)
    {
        if (entropy.Length is < 16 or > 32 || entropy.Length % EntropyPerStep != 0)
        {
            throw new ArgumentException($"entropy has 16, 20, 24, 28 or 32 bytes, not {entropy.Length}", nameof(entropy));
        }

        Span<byte> bits = stackalloc byte[33];
        try
        {
            entropy.CopyTo(bits);
            bits[entropy.Length] = Checksum(entropy);
            var indexes = GC.AllocateArray<ushort>(entropy.Length / EntropyPerStep * WordStep, pinned: true);
            for (var i = 0; i < indexes.Length; i++)
            {
                indexes[i] = ReadWord(bits, i);
            }

            return new Mnemonic(indexes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bits);
        }
    }

    /// <summary>Reads words, with white space between them, in lower case.</summary>
    /// <param name="text">12, 15, 18, 21 or 24 words.</param>
    /// <exception cref="FormatException">Their number, which word is none, or the checksum; the words themselves are never in the message.</exception>
    public static Mnemonic Parse(ReadOnlySpan<char> text)
    {
        var indexes = GC.AllocateArray<ushort>(MaxWords, pinned: true);
        var count = 0;
        foreach (var range in text.SplitAny(' ', '\t', '\r', '\n'))
        {
            var word = text[range];
            if (word.IsEmpty) continue;

            if (count == MaxWords) throw new FormatException($"a mnemonic has at most {MaxWords} words");

            indexes[count++] = English.Value.IndexOf(word)
                ?? throw new FormatException($"word {count} is not in the English list of BIP-39");
        }

        if (count < MinWords || count % WordStep != 0) throw new FormatException($"a mnemonic has 12, 15, 18, 21 or 24 words, not {count}");

        var mnemonic = new Mnemonic(indexes[..count]);
        Array.Clear(indexes);
        if (mnemonic.HasChecksum()) return mnemonic;

        mnemonic.Dispose();
        throw new FormatException("the checksum does not fit: a word is wrong, or the words are in another order");
    }

    /// <summary>The words with spaces between them: the secret itself, to be shown to its owner and nobody else.</summary>
    /// <exception cref="ObjectDisposedException">They were wiped.</exception>
    public string Reveal()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return string.Join(' ', _indexes.Select(index => English.Value[index]));
    }

    /// <summary>Makes the seed of words and passphrase.</summary>
    /// <param name="passphrase">Empty where there is none.</param>
    /// <param name="seed">Takes 64 bytes at its start; the caller wipes it.</param>
    /// <exception cref="ObjectDisposedException">The words were wiped.</exception>
    public void CopySeedTo(ReadOnlySpan<char> passphrase, Span<byte> seed)
    {
        var password = Encoding.ASCII.GetBytes(Reveal());
        var normal = Encoding.UTF8.GetBytes(passphrase.ToString().Normalize(NormalizationForm.FormKD));
        byte[] salt = [.. SaltPrefix, .. normal];
        try
        {
            Rfc2898DeriveBytes.Pbkdf2(password, salt, seed[..SeedSize], Iterations, HashAlgorithmName.SHA512);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
            CryptographicOperations.ZeroMemory(normal);
            CryptographicOperations.ZeroMemory(salt);
        }
    }

    /// <summary>Wipes the words.</summary>
    public void Dispose()
    {
        _disposed = true;
        Array.Clear(_indexes);
    }

    /// <summary>Tells nothing.</summary>
    public override string ToString() => "[redacted]";

    private bool HasChecksum()
    {
        Span<byte> bits = stackalloc byte[33];
        try
        {
            for (var i = 0; i < _indexes.Length; i++)
            {
                WriteWord(bits, i, _indexes[i]);
            }

            var size = _indexes.Length / WordStep * EntropyPerStep;
            var mask = (byte)(0xFF << (8 - (_indexes.Length / WordStep)));
            return (Checksum(bits[..size]) & mask) == bits[size];
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bits);
        }
    }

    private static byte Checksum(ReadOnlySpan<byte> entropy)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(entropy, hash);
        return hash[0];
    }

    private static ushort ReadWord(ReadOnlySpan<byte> bits, int word)
    {
        var index = 0;
        for (var bit = word * BitsPerWord; bit < (word + 1) * BitsPerWord; bit++)
        {
            index = (index << 1) | ((bits[bit / 8] >> (7 - (bit % 8))) & 1);
        }

        return (ushort)index;
    }

    private static void WriteWord(Span<byte> bits, int word, ushort index)
    {
        for (var i = 0; i < BitsPerWord; i++)
        {
            var bit = (word * BitsPerWord) + i;
            bits[bit / 8] |= (byte)(((index >> (BitsPerWord - 1 - i)) & 1) << (7 - (bit % 8)));
        }
    }
}
