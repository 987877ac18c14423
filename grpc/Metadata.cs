using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Cluster.Grpc.Wire;

namespace Cluster.Grpc;

/// <summary>
/// Headers or trailers of a call, in order; a key may occur more than once. Keys are lower case and compared so; keys
/// ending in <c>-bin</c> hold bytes, all others printable ASCII
/// (<see href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md">Custom-Metadata</see>). Not safe for
/// concurrent change.
/// </summary>
[SuppressMessage("Naming", "CA1710", Justification = "Metadata is the name that gRPC gives it in every language.")]
public sealed class Metadata : IReadOnlyCollection<MetadataEntry>
{
    private readonly List<MetadataEntry>? _entries;

    /// <summary>Metadata without entries, to be added to.</summary>
    public Metadata() => _entries = [];

    private Metadata(List<MetadataEntry>? entries) => _entries = entries;

    /// <summary>Metadata that has no entries and takes none.</summary>
    public static Metadata Empty { get; } = new(entries: null);

    /// <inheritdoc/>
    public int Count => _entries?.Count ?? 0;

    /// <summary>Adds a text value.</summary>
    /// <param name="key">Letters, digits, <c>_</c>, <c>-</c> and <c>.</c>; put into lower case. May not end in <c>-bin</c>.</param>
    /// <param name="value">Printable ASCII; blanks at its ends are dropped, as proxies on the way may do.</param>
    /// <exception cref="ArgumentException">The key or the value is not allowed.</exception>
    public void Add(string key, string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var name = MetadataKey.Normalize(key);
        if (MetadataKey.IsBinary(name))
        {
            throw new ArgumentException($"metadata '{name}' ends in -bin and takes bytes, not text", nameof(key));
        }

        if (value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            throw new ArgumentException($"the value of metadata '{name}' has characters outside printable ASCII; send it under '{name}-bin'", nameof(value));
        }

        Entries.Add(new MetadataEntry(name, value.Trim(' ')));
    }

    /// <summary>Adds a binary value.</summary>
    /// <param name="key">As for text, but ending in <c>-bin</c>.</param>
    /// <param name="value">Any bytes, none included; copied.</param>
    /// <exception cref="ArgumentException">The key is not allowed or does not end in <c>-bin</c>.</exception>
    public void Add(string key, ReadOnlySpan<byte> value)
    {
        var name = MetadataKey.Normalize(key);
        if (!MetadataKey.IsBinary(name))
        {
            throw new ArgumentException($"metadata '{name}' has bytes: its key must end in -bin", nameof(key));
        }

        Entries.Add(new MetadataEntry(name, value.ToArray()));
    }

    /// <summary>Adds all entries of another.</summary>
    /// <param name="entries">Entries that a <see cref="Metadata"/> has let in before.</param>
    public void AddRange(IEnumerable<MetadataEntry> entries) => Entries.AddRange(entries);

    /// <summary>The last text under <paramref name="key"/>, or null.</summary>
    public string? GetText(string key) => Last(key) is { IsBinary: false } entry ? entry.Text : null;

    /// <summary>The last bytes under <paramref name="key"/>, or null.</summary>
    public ReadOnlyMemory<byte>? GetBytes(string key) => Last(key) is { IsBinary: true } entry ? entry.Bytes : null;

    /// <summary>All entries under <paramref name="key"/>, in order.</summary>
    public IEnumerable<MetadataEntry> GetAll(string key) =>
        this.Where(entry => string.Equals(entry.Key, key, StringComparison.OrdinalIgnoreCase));

    /// <inheritdoc/>
    public IEnumerator<MetadataEntry> GetEnumerator() => (_entries ?? Enumerable.Empty<MetadataEntry>()).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Takes what came over the wire, which may be less strict than what <see cref="Add(string, string)"/> lets out.</summary>
    internal void AddReceived(string key, string value)
    {
        if (!MetadataKey.IsBinary(key))
        {
            Entries.Add(new MetadataEntry(key, value));
            return;
        }

        foreach (var part in value.AsSpan().Split(','))
        {
            Entries.Add(new MetadataEntry(key, BinaryHeader.Decode(key, value.AsSpan(part))));
        }
    }

    private List<MetadataEntry> Entries => _entries ?? throw new InvalidOperationException("Metadata.Empty takes no entries; make a new Metadata");

    private MetadataEntry? Last(string key)
    {
        for (var i = Count - 1; i >= 0; i--)
        {
            if (string.Equals(_entries![i].Key, key, StringComparison.OrdinalIgnoreCase))
            {
                return _entries[i];
            }
        }

        return null;
    }
}
