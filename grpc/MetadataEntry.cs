using System.Diagnostics.CodeAnalysis;

namespace Cluster.Grpc;

/// <summary>One key of <see cref="Metadata"/> with its value: text, or bytes where the key ends in <c>-bin</c>.</summary>
public readonly record struct MetadataEntry
{
    private readonly string? _text;
    private readonly byte[]? _bytes;

    internal MetadataEntry(string key, string text) => (Key, _text) = (key, text);

    internal MetadataEntry(string key, byte[] bytes) => (Key, _bytes) = (key, bytes);

    /// <summary>Lower-case name.</summary>
    public string Key { get; }

    /// <summary>Whether the value is bytes.</summary>
    [MemberNotNullWhen(false, nameof(_text))]
    [MemberNotNullWhen(true, nameof(_bytes))]
    public bool IsBinary => _bytes is not null;

    /// <summary>The text of the value.</summary>
    /// <exception cref="InvalidOperationException">The value is binary.</exception>
    public string Text => IsBinary ? throw new InvalidOperationException($"metadata '{Key}' is binary: read Bytes") : _text;

    /// <summary>The bytes of the value.</summary>
    /// <exception cref="InvalidOperationException">The value is text.</exception>
    public ReadOnlyMemory<byte> Bytes =>
        IsBinary ? _bytes : throw new InvalidOperationException($"metadata '{Key}' is text: read Text");

    /// <summary>The key alone: values may be credentials.</summary>
    public override string ToString() => Key;
}
