using System.Buffers;
using System.Text.Json;

namespace Cluster.Solana;

/// <summary>Writes JSON-RPC 2.0 requests.</summary>
internal static class RpcRequestBody
{
    private static readonly JsonWriterOptions WriterOptions = new() { SkipValidation = true };

    /// <summary>One request; <paramref name="writeParams"/> fills the array of parameters.</summary>
    /// <remarks>
    /// The buffer is left to the garbage collector: HTTP/2 may still be reading a body when its request has already been
    /// cancelled, and a pooled one could by then hold another request.
    /// </remarks>
    public static ReadOnlyMemory<byte> Single<TState>(string method, TState state, Action<Utf8JsonWriter, TState> writeParams, int size)
    {
        var buffer = new ArrayBufferWriter<byte>(size);
        using var writer = new Utf8JsonWriter(buffer, WriterOptions);
        Write(writer, RpcReplyReader.SingleId, method, state, writeParams);
        writer.Flush();
        return buffer.WrittenMemory;
    }

    /// <summary>A batch of requests to one method, their ids counting from 0.</summary>
    public static ReadOnlyMemory<byte> Batch<TState>(
        string method, ReadOnlySpan<TState> states, Action<Utf8JsonWriter, TState> writeParams, int size)
    {
        var buffer = new ArrayBufferWriter<byte>(size);
        using var writer = new Utf8JsonWriter(buffer, WriterOptions);
        writer.WriteStartArray();
        for (var id = 0; id < states.Length; id++)
        {
            Write(writer, id, method, states[id], writeParams);
        }

        writer.WriteEndArray();
        writer.Flush();
        return buffer.WrittenMemory;
    }

    private static void Write<TState>(
        Utf8JsonWriter writer, int id, string method, TState state, Action<Utf8JsonWriter, TState> writeParams)
    {
        writer.WriteStartObject();
        writer.WriteString("jsonrpc"u8, "2.0"u8);
        writer.WriteNumber("id"u8, id);
        writer.WriteString("method"u8, method);
        writer.WriteStartArray("params"u8);
        writeParams(writer, state);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
