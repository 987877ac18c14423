using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Cluster.V1;
using Google.Protobuf;

namespace Cluster.Silo.Grains.Campaigns.Uploads;

/// <summary>
/// The hash of an upload: of its header and of every row, however they were portioned into messages. By it a repeated
/// upload is known for the same one.
/// </summary>
internal sealed class RowDigest : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private byte[] _buffer = new byte[256];

    public RowDigest(UploadHeader header)
    {
        var bytes = header.ToByteArray();
        _hash.AppendData(BitConverter.GetBytes(bytes.Length));
        _hash.AppendData(bytes);
    }

    /// <summary>Adds a row.</summary>
    public void Add(RecipientRow row)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_buffer, row.Line);
        var at = sizeof(ulong);
        Write(row.Address, ref at);
        Write(row.Amount, ref at);
        Write(row.Defect, ref at);
        _hash.AppendData(_buffer.AsSpan(0, at));
    }

    /// <summary>The hash of all that was added.</summary>
    public byte[] Finish() => _hash.GetHashAndReset();

    public void Dispose() => _hash.Dispose();

    /// <summary>Length first, so that no two rows run into each other.</summary>
    private void Write(string text, ref int at)
    {
        var needed = at + sizeof(int) + Encoding.UTF8.GetMaxByteCount(text.Length);
        if (needed > _buffer.Length)
        {
            Array.Resize(ref _buffer, needed);
        }

        var length = Encoding.UTF8.GetBytes(text, _buffer.AsSpan(at + sizeof(int)));
        BinaryPrimitives.WriteInt32LittleEndian(_buffer.AsSpan(at), length);
        at += sizeof(int) + length;
    }
}
