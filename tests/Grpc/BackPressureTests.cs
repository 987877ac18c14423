using Cluster.Grpc.Server;
using Google.Protobuf;
using Xunit;

namespace Cluster.Tests.Grpc;

public sealed class BackPressureTests
{
    private const int MessageSize = 64 * 1024;
    private const int Endless = 1_000_000;

    private static readonly ByteString Payload = ByteString.CopyFrom(new byte[MessageSize]);

    [Fact]
    public async Task A_client_that_does_not_read_stops_the_servers_writer()
    {
        var written = 0;
        var stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await GrpcTestServer.StartAsync(expand: async (_, responses, context) =>
        {
            for (; written < Endless; written++)
            {
                var write = responses.WriteAsync(new EchoReply { Payload = Payload }, moreFollows: true, context.CancellationToken).AsTask();
                if (!write.IsCompleted && await Task.WhenAny(write, Task.Delay(TimeSpan.FromSeconds(1))) != write)
                {
                    stalled.TrySetResult();
                }

                await write;
            }
        });
        using var channel = server.Connect();

        using (var call = channel.ServerStreaming<EchoRequest, EchoReply>(EchoService.ExpandMethod, new()))
        {
            await stalled.Task;
        }

        // HttpClient's window grows to 16 MiB; beyond it and the server's buffer nothing can have been written.
        Assert.InRange(written, 1, 512);
    }

    [Fact]
    public async Task A_server_that_does_not_read_stops_the_clients_writer()
    {
        var release = new TaskCompletionSource();
        await using var server = await GrpcTestServer.StartAsync(collect: async (requests, _) =>
        {
            await release.Task;
            var count = 0;
            await foreach (var request in requests)
            {
                count++;
            }

            return new EchoReply { Count = count };
        });
        using var channel = server.Connect();
        using var call = channel.ClientStreaming<EchoRequest, EchoReply>(EchoService.CollectMethod);

        var written = 0;
        Task write;
        do
        {
            write = call.WriteAsync(new EchoRequest { Payload = Payload });
            written++;
        }
        while (await Task.WhenAny(write, Task.Delay(TimeSpan.FromSeconds(1))) == write);

        Assert.InRange(written, 2, 512);
        release.SetResult();
        await write;
        await call.CompleteAsync();
        Assert.Equal(written, (await call.ResponseAsync).Count);
    }

    [Fact]
    public async Task A_stream_may_be_larger_than_any_limit_on_request_bodies()
    {
        const int Messages = 40 * 1024 * 1024 / MessageSize;
        await using var server = await GrpcTestServer.StartAsync();
        using var channel = server.Connect();
        using var call = channel.ClientStreaming<EchoRequest, EchoReply>(EchoService.CollectMethod);

        for (var i = 0; i < Messages; i++)
        {
            await call.WriteAsync(new EchoRequest { Payload = Payload });
        }

        await call.CompleteAsync();
        Assert.Equal(Messages, (await call.ResponseAsync).Count);
    }

    [Fact]
    public async Task A_message_may_be_as_large_as_its_limit_says_whatever_the_host_allows_bodies()
    {
        const int Large = 35 * 1024 * 1024;
        await using var server = await GrpcTestServer.StartAsync(options => options.MaxReceiveMessageSize = Large);
        using var channel = server.Connect();
        using var call = channel.ServerStreaming<EchoRequest, EchoReply>(
            EchoService.ExpandMethod,
            new() { FailMessage = new string('x', 31 * 1024 * 1024), Repeat = 1, Text = "small" });
        await using var replies = call.GetAsyncEnumerator(TestContext.Current.CancellationToken);

        Assert.True(await replies.MoveNextAsync());
        Assert.Equal("small", replies.Current.Text);
    }

    [Fact]
    public async Task Two_writes_at_once_are_refused()
    {
        Exception? refusal = null;
        await using var server = await GrpcTestServer.StartAsync(expand: async (_, responses, context) =>
        {
            var writes = new List<Task>();
            for (var i = 0; i < 1000 && writes.TrueForAll(write => write.IsCompletedSuccessfully); i++)
            {
                writes.Add(responses.WriteAsync(new EchoReply { Payload = Payload }, cancellationToken: context.CancellationToken).AsTask());
                writes.Add(responses.WriteAsync(new EchoReply { Payload = Payload }, cancellationToken: context.CancellationToken).AsTask());
            }

            refusal = await Record.ExceptionAsync(() => Task.WhenAll(writes));
        });
        using var channel = server.Connect();

        await foreach (var reply in channel.ServerStreaming<EchoRequest, EchoReply>(EchoService.ExpandMethod, new()))
        {
        }

        Assert.IsType<InvalidOperationException>(refusal);
    }

    [Fact]
    public async Task A_writer_kept_after_the_call_refuses_to_write()
    {
        IServerStreamWriter<EchoReply>? kept = null;
        await using var server = await GrpcTestServer.StartAsync(expand: (_, responses, _) =>
        {
            kept = responses;
            return Task.CompletedTask;
        });
        using var channel = server.Connect();

        await foreach (var reply in channel.ServerStreaming<EchoRequest, EchoReply>(EchoService.ExpandMethod, new()))
        {
        }

        await Assert.ThrowsAsync<InvalidOperationException>(async () => await kept!.WriteAsync(new EchoReply()));
    }
}
