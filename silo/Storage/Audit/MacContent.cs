using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Cluster.Silo.Storage.Audit;

/// <summary>
/// Writes down what a MAC is over so that no two contents have the same bytes: numbers in eight bytes, texts behind their
/// length, and at the beginning what kind of content it is.
/// </summary>
/// <param name="kind">Tells rows from seals.</param>
internal ref struct MacContent(string kind)
{
    private readonly ArrayBufferWriter<byte> _bytes = Begin(kind);

    public readonly ReadOnlySpan<byte> Bytes => _bytes.WrittenSpan;

    /// <summary>Of a row.</summary>
    public static ReadOnlySpan<byte> Of(AuditRow row)
    {
        var content = new MacContent("cluster/audit-row/1");
        content.Add(row.EntryId.ToByteArray(bigEndian: true));
        content.Add(row.At.UtcTicks);
        content.Add(row.Caller.Id);
        content.Add(row.Caller.Name);
        content.Add(row.Caller.Role);
        content.Add(row.Caller.Address is null ? 0 : 1);
        content.Add(row.Caller.Address ?? "");
        content.Add(row.Caller.UserAgent);
        content.Add(row.Operation);
        content.Add(row.Subject.Type);
        content.Add(row.Subject.Key);
        content.Add(row.RequestId);
        content.Add((long)row.Outcome);
        content.Add((long)row.Severity);
        content.Add(row.Detail);
        return content.Bytes;
    }

    /// <summary>Of a seal.</summary>
    /// <param name="seal">Its head is left out.</param>
    /// <param name="before">The head of the seal before; empty for the first.</param>
    public static ReadOnlySpan<byte> Of(AuditSeal seal, ReadOnlySpan<byte> before)
    {
        var content = new MacContent("cluster/audit-seal/1");
        content.Add(before);
        content.Add(seal.Number);
        content.Add(seal.At.UtcTicks);
        content.Add((long)seal.Horizon);
        content.Add(seal.RestoredId);
        content.Add(seal.KeyId);
        content.Add(seal.AuditIds.Count);
        foreach (var id in seal.AuditIds)
        {
            content.Add(id);
        }

        content.Add(seal.Macs.Span);
        return content.Bytes;
    }

    private static ArrayBufferWriter<byte> Begin(string kind)
    {
        var bytes = new ArrayBufferWriter<byte>(512);
        Encoding.UTF8.GetBytes(kind, bytes);
        return bytes;
    }

    private readonly void Add(long number)
    {
        BinaryPrimitives.WriteInt64BigEndian(_bytes.GetSpan(sizeof(long)), number);
        _bytes.Advance(sizeof(long));
    }

    private readonly void Add(string text)
    {
        Add((long)Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, _bytes);
    }

    private readonly void Add(ReadOnlySpan<byte> bytes)
    {
        Add((long)bytes.Length);
        _bytes.Write(bytes);
    }
}
