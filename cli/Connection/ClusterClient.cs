using System.Runtime.CompilerServices;
using Cluster.Grpc;
using Cluster.Grpc.Client;
using Google.Protobuf;

namespace Cluster.Cli.Connection;

/// <summary>
/// Calls a cluster through one of its gateways; the rpc follows from the request's message. A call that a gateway could not
/// take, or that broke off, is made again at the next gateway, a bounded number of times: every request that changes
/// something carries its id, so that nothing is done twice.
/// </summary>
internal sealed class ClusterClient : IAsyncDisposable
{
    /// <summary>For one request and all its repetitions.</summary>
    private static readonly TimeSpan UnaryTimeout = TimeSpan.FromMinutes(10);

    private readonly Gateways _gateways;
    private readonly Metadata _headers = new();

    /// <summary>Prepares the connections.</summary>
    /// <param name="servers">The gateways, one or more.</param>
    /// <param name="key">The API key.</param>
    /// <exception cref="CommandException">An address is not one that can be called.</exception>
    public ClusterClient(IReadOnlyList<Uri> servers, string key)
    {
        _gateways = new Gateways(servers);
        _headers.Add("authorization", $"Bearer {key}");
    }

    /// <summary>One request, one reply.</summary>
    /// <typeparam name="TReply">The rpc's reply.</typeparam>
    /// <param name="request">The rpc's request.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<TReply> Call<TReply>(IMessage request, CancellationToken cancellationToken)
        where TReply : class, IMessage
    {
        var prompt = new SecondFactorPrompt();
        string? code = null;
        while (true)
        {
            try
            {
                return await Call<TReply>(request, code, cancellationToken);
            }
            catch (RpcException error) when (SecondFactorPrompt.IsAskedBy(error))
            {
                code = prompt.Ask(error.Status.Message);
                if (code is null)
                {
                    throw;
                }
            }
        }
    }

    /// <summary>One request, many replies; a stream that breaks is asked for again, from its beginning.</summary>
    /// <typeparam name="TReply">The rpc's reply.</typeparam>
    /// <param name="request">The rpc's request.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="beginsAgain">Told before the first reply of a repetition; not needed where only the last reply counts.</param>
    public async IAsyncEnumerable<TReply> Follow<TReply>(
        IMessage request, [EnumeratorCancellation] CancellationToken cancellationToken, Action? beginsAgain = null)
        where TReply : class, IMessage
    {
        var method = Rpcs.Of(request.Descriptor);
        var retry = new Retry(_gateways.Count);
        while (true)
        {
            var gateway = _gateways.Current;
            using (var replies = gateway.ServerStreaming<IMessage, TReply>(method, request, Options(timeout: null), cancellationToken))
            {
                await using var each = replies.GetAsyncEnumerator(cancellationToken);
                while (await Next(gateway, each, retry) is { } hasNext)
                {
                    if (!hasNext)
                    {
                        yield break;
                    }

                    yield return each.Current;
                }
            }

            await Pause(retry, cancellationToken);
            beginsAgain?.Invoke();
        }
    }

    /// <summary>Many requests, one reply; an upload that breaks is begun again under its request id.</summary>
    /// <typeparam name="TRequest">The rpc's request.</typeparam>
    /// <typeparam name="TReply">The rpc's reply.</typeparam>
    /// <param name="requests">Gives the same requests each time; read as fast as the cluster takes them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<TReply> Upload<TRequest, TReply>(Func<IAsyncEnumerable<TRequest>> requests, CancellationToken cancellationToken)
        where TRequest : class, IMessage, new()
        where TReply : class, IMessage =>
        WithRetries(gateway => UploadOnce<TRequest, TReply>(gateway, requests(), cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _gateways.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Whether there is another reply; null where the stream broke and may be asked for again.</summary>
    private async Task<bool?> Next<TReply>(GrpcChannel gateway, IAsyncEnumerator<TReply> replies, Retry retry)
    {
        try
        {
            var hasNext = await replies.MoveNextAsync();
            retry.Progress();
            return hasNext;
        }
        catch (RpcException error) when (MayRepeat(gateway, retry, error))
        {
            return null;
        }
    }

    private async Task<TReply> Call<TReply>(IMessage request, string? secondFactor, CancellationToken cancellationToken)
        where TReply : class, IMessage
    {
        var method = Rpcs.Of(request.Descriptor);
        var started = TimeProvider.System.GetTimestamp();
        try
        {
            return await WithRetries(
                gateway => gateway.UnaryAsync<IMessage, TReply>(
                    method, request, Options(UnaryTimeout - TimeProvider.System.GetElapsedTime(started), secondFactor), cancellationToken),
                cancellationToken);
        }
        catch (RpcException error) when (Requests.IsUnknown(error) && Requests.HowToRepeat(request) is { } how)
        {
            throw new CommandException($"{error.Status.Message}; {how}", ExitCode.Of(error.StatusCode));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && Requests.HowToRepeat(request) is { } how)
        {
            throw new CommandException($"interrupted; {how}", ExitCode.Interrupted);
        }
    }

    private async Task<TReply> UploadOnce<TRequest, TReply>(
        GrpcChannel gateway, IAsyncEnumerable<TRequest> requests, CancellationToken cancellationToken)
        where TRequest : class, IMessage, new()
        where TReply : class, IMessage
    {
        var method = Rpcs.Of(new TRequest().Descriptor);
        using var call = gateway.ClientStreaming<TRequest, TReply>(method, Options(timeout: null), cancellationToken);
        await foreach (var request in requests.WithCancellation(cancellationToken))
        {
            await call.WriteAsync(request, cancellationToken);
        }

        await call.CompleteAsync();
        return await call.ResponseAsync;
    }

    private async Task<TReply> WithRetries<TReply>(Func<GrpcChannel, Task<TReply>> call, CancellationToken cancellationToken)
    {
        var retry = new Retry(_gateways.Count);
        while (true)
        {
            var gateway = _gateways.Current;
            try
            {
                return await call(gateway);
            }
            catch (RpcException error) when (MayRepeat(gateway, retry, error))
            {
                await Pause(retry, cancellationToken);
            }
        }
    }

    private bool MayRepeat(GrpcChannel gateway, Retry retry, RpcException error)
    {
        if (error.StatusCode == StatusCode.Unavailable)
        {
            _gateways.Leave(gateway);
        }

        return retry.Allows(error);
    }

    private static Task Pause(Retry retry, CancellationToken cancellationToken) =>
        Task.Delay(retry.Pause, TimeProvider.System, cancellationToken);

    private CallOptions Options(TimeSpan? timeout, string? secondFactor = null)
    {
        if (secondFactor is null)
        {
            return new CallOptions { Timeout = timeout, Headers = _headers };
        }

        var headers = new Metadata();
        headers.AddRange(_headers);
        headers.Add(SecondFactorPrompt.Header, secondFactor);
        return new CallOptions { Timeout = timeout, Headers = headers };
    }
}
