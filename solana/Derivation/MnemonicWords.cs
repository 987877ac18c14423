using System.Collections.Frozen;

namespace Cluster.Solana;

/// <summary>The 2,048 English words of BIP-39, in their order.</summary>
internal sealed class MnemonicWords
{
    private const string Resource = "bip39-english.txt";

    private readonly string[] _words;
    private readonly FrozenDictionary<string, ushort>.AlternateLookup<ReadOnlySpan<char>> _indexes;

    private MnemonicWords(string[] words)
    {
        _words = words;
        _indexes = words
            .Select((word, index) => KeyValuePair.Create(word, (ushort)index))
            .ToFrozenDictionary(StringComparer.Ordinal)
            .GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>The word with this index, 0 to 2,047.</summary>
    public string this[int index] => _words[index];

    /// <summary>A word's index; null where it is none.</summary>
    public ushort? IndexOf(ReadOnlySpan<char> word) => _indexes.TryGetValue(word, out var index) ? index : null;

    /// <summary>Reads the list that is part of this assembly.</summary>
    public static MnemonicWords Load()
    {
        using var reader = new StreamReader(typeof(MnemonicWords).Assembly.GetManifestResourceStream(Resource)!);
        return new MnemonicWords(reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }
}
