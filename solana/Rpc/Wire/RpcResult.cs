using System.Diagnostics.CodeAnalysis;

namespace Cluster.Solana;

/// <summary>
/// What a call came to: a value or a failure. Inside, failures are values (a storm of 429s must not become a storm of
/// exceptions); <see cref="Unwrap"/> throws at the edge.
/// </summary>
internal readonly struct RpcResult<T>
{
    private readonly T _value;

    private RpcResult(T value, RpcException? error)
    {
        _value = value;
        Error = error;
    }

    public RpcException? Error { get; }

    public static implicit operator RpcResult<T>(T value) => new(value, null);

    public static implicit operator RpcResult<T>(RpcException error) => new(default!, error);

    public bool TryGet([MaybeNullWhen(false)] out T value, [NotNullWhen(false)] out RpcException? error)
    {
        value = _value;
        error = Error;
        return error is null;
    }

    public T Unwrap() => Error is null ? _value : throw Error;
}
