using System.Buffers;
using System.Buffers.Text;

namespace Cluster.Grpc.Wire;

/// <summary>Values of <c>-bin</c> headers: base64, read with and without padding, written without (as the protocol asks).</summary>
internal static class BinaryHeader
{
    public static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    public static byte[] Decode(string key, ReadOnlySpan<char> value)
    {
        var text = value.Trim(' ').TrimEnd('=');
        var padded = ArrayPool<char>.Shared.Rent(text.Length + 3);
        try
        {
            text.CopyTo(padded);
            var length = (text.Length + 3) & ~3;
            padded.AsSpan(text.Length, length - text.Length).Fill('=');
            if (!Base64.IsValid(padded.AsSpan(0, length)))
            {
                throw new RpcException(StatusCode.Internal, $"the value of metadata '{key}' is not base64");
            }

            return Convert.FromBase64CharArray(padded, 0, length);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(padded, clearArray: true);
        }
    }
}
