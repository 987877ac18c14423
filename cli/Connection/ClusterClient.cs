using System.Runtime.CompilerServices;
using Cluster.Grpc;
using Cluster.Grpc.Client;
using Google.Protobuf;

namespace Cluster.Cli.Connection;

/// <summary>
/// Calls a cluster; the rpc follows from the request's message. A call that the gateway could not take is made again a few
/// times: every request that changes something carries its id, so that nothing is done twice.
/// </summary>
internal sealed class ClusterClient : IAsyncDisposable
{
    private const int Attempts = 6;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan UnaryTimeout = TimeSpan.FromMinutes(10);

    private readonly GrpcChannel _channel;
    private readonly Metadata _headers = new();

    /// <summary>Prepares the connection.</summary>
    /// <param name="server">The gateway.</param>
    /// <param name="key">The API key.</param>
    /// <exception cref="CommandException">The address is not one that can be called.</exception>
    public ClusterClient(Uri server, string key)
    {
        try
        {
            _channel = new GrpcChannel(server);
        }
        catch (ArgumentException error)
        {
            throw new CommandException(error.Message, ExitCode.Usage);
        }

        _headers.Add("authorization", $"Bearer {key}");
    }

    /// <summary>One request, one reply.</summary>
    /// <typeparam name="TReply">The rpc's reply.</typeparam>
    /// <param name="request">The rpc's request.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<TReply> Call<TReply>(IMessage request, CancellationToken cancellationToken)
        where TReply : class, IMessage =>
        WithRetries(
            () => _channel.UnaryAsync<IMessage, TReply>(Rpcs.Of(request.Descriptor), request, Options(UnaryTimeout), cancellationToken),
            cancellationToken);

    /// <summary>One request, many replies; a stream that breaks is asked for again, from its beginning.</summary>
    /// <typeparam name="TReply">The rpc's reply.</typeparam>
    /// <param name="request">The rpc's request.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async IAsyncEnumerable<TReply> Stream<TReply>(IMessage request, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TReply : class, IMessage
    {
        using var call = _channel.ServerStreaming<IMessage, TReply>(Rpcs.Of(request.Descriptor), request, Options(timeout: null), cancellationToken);
        await foreach (var reply in call.WithCancellation(cancellationToken))
        {
            yield return reply;
        }
    }

    /// <summary>Like <see cref="Stream"/>, for states of which only the last one counts: asks again where the stream breaks.</summary>
    /// <typeparam name="TReply">The rpc's reply.</typeparam>
    /// <param name="request">The rpc's request.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async IAsyncEnumerable<TReply> Follow<TReply>(IMessage request, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TReply : class, IMessage
    {
        var failures = 0;
        while (true)
        {
            var replies = Stream<TReply>(request, cancellationToken).GetAsyncEnumerator(cancellationToken);
            await using var disposal = replies;
            while (true)
            {
                try
                {
                    if (!await replies.MoveNextAsync())
                    {
                        yield break;
                    }
                }
                catch (RpcException error) when (error.StatusCode == StatusCode.Unavailable && ++failures < Attempts)
                {
                    break;
                }

                failures = 0;
                yield return replies.Current;
            }

            await Pause(failures, cancellationToken);
        }
    }

    /// <summary>Many requests, one reply; not repeated, because the requests are read once.</summary>
    /// <typeparam name="TRequest">The rpc's request.</typeparam>
    /// <typeparam name="TReply">The rpc's reply.</typeparam>
    /// <param name="requests">Read as fast as the cluster takes them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<TReply> Upload<TRequest, TReply>(IAsyncEnumerable<TRequest> requests, CancellationToken cancellationToken)
        where TRequest : class, IMessage, new()
        where TReply : class, IMessage
    {
        var method = Rpcs.Of(new TRequest().Descriptor);
        using var call = _channel.ClientStreaming<TRequest, TReply>(method, Options(timeout: null), cancellationToken);
        await foreach (var request in requests.WithCancellation(cancellationToken))
        {
            await call.WriteAsync(request, cancellationToken);
        }

        await call.CompleteAsync();
        return await call.ResponseAsync;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _channel.Dispose();
        return ValueTask.CompletedTask;
    }

    private static async Task<TReply> WithRetries<TReply>(Func<Task<TReply>> call, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (RpcException error) when (error.StatusCode is StatusCode.Unavailable or StatusCode.Aborted && attempt < Attempts)
            {
                await Pause(attempt, cancellationToken);
            }
        }
    }

    private static Task Pause(int failures, CancellationToken cancellationToken) =>
        Task.Delay(FirstPause * Math.Pow(2, failures - 1) * (0.5 + Random.Shared.NextDouble()), TimeProvider.System, cancellationToken);

    private CallOptions Options(TimeSpan? timeout) => new() { Timeout = timeout, Headers = _headers };
}
