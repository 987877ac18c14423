using System.Diagnostics;
using Cluster.OrleansHost.Calls;
using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Contracts;
using Cluster.Tests.Silo.Hosting.Contract;
using Cluster.Tests.Support;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Xunit;

namespace Cluster.Tests.OrleansHost;

/// <summary>What goes from one silo to another, and what does not change on its way within one.</summary>
public sealed class WireTests : IDisposable
{
    private static readonly Operation AddToTotal = Cluster.Silo.Hosting.Contracts.Contract
        .Read([ProbesReflection.Descriptor]).Operations.Single(operation => operation.Name == "AddToTotal");

    private readonly ServiceProvider _services = new ServiceCollection()
        .AddSerializer(serializer => serializer.AddAssembly(typeof(IGrainShell).Assembly))
        .BuildServiceProvider();

    private readonly FakeTimeProvider _clock = new();

    public void Dispose() => _services.Dispose();

    [Fact]
    public void A_call_crosses_with_all_that_travels_with_it_and_its_deadline_by_the_clock_of_the_callee()
    {
        var trace = new ActivityContext(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, "vendor=1");
        var request = new AddToTotalRequest { ProbeId = "a", Amount = 7, RequestId = "r-1" };
        var place = new PlaceInLine(Guid.NewGuid(), 9, 8);
        var caller = new Caller("key-7", "Ada", "10.1.2.3") { PrincipalId = "p-1", Role = "operator", UserAgent = "airdrops/2", HasSecondFactor = true };
        var sent = new Invocation(
            AddToTotal,
            request,
            new Call(caller, "request-9", DateTimeOffset.MaxValue, trace),
            TimeSpan.FromSeconds(5),
            place);

        var received = Cross(sent);

        using var cancellation = new CancellationTokenSource();
        var call = received.Call(_clock, cancellation.Token);
        Assert.Equal(AddToTotal.Path, received.Path);
        Assert.Equal(request, received.Request(AddToTotal));
        Assert.Equal(place, received.Place);
        Assert.Equal(caller, call.Caller);
        Assert.Equal("request-9", call.RequestId);
        Assert.Equal(_clock.GetUtcNow() + TimeSpan.FromSeconds(5), call.Deadline);
        Assert.Equal(cancellation.Token, call.Cancellation);
        Assert.Equal((trace.TraceId, trace.SpanId, trace.TraceFlags, trace.TraceState), (call.Trace.TraceId, call.Trace.SpanId, call.Trace.TraceFlags, call.Trace.TraceState));
        Assert.True(call.Trace.IsRemote);
    }

    [Fact]
    public void A_call_without_trace_or_address_crosses_as_it_is()
    {
        var sent = new Invocation(AddToTotal, new AddToTotalRequest { ProbeId = "ä/✓" }, Call.System("sender"), TimeSpan.Zero, default);

        var call = Cross(sent).Call(_clock, CancellationToken.None);

        Assert.Equal(default, call.Trace);
        Assert.Null(call.Caller.Address);
        Assert.True(call.Caller.IsSystem);
    }

    [Fact]
    public void Within_a_silo_neither_request_nor_reply_is_copied()
    {
        var request = new AddToTotalRequest { ProbeId = "a" };
        var call = Call.System("test");
        var invocation = new Invocation(AddToTotal, request, call, TimeSpan.Zero, default);
        var total = new Total { Total_ = 7 };
        var reply = new Reply(total);
        var copier = _services.GetRequiredService<DeepCopier>();

        var arrived = copier.Copy(invocation)!;

        Assert.Same(request, arrived.Request(AddToTotal));
        Assert.Same(call, arrived.Call(_clock, CancellationToken.None));
        Assert.Same(total, copier.Copy(reply)!.Message(AddToTotal));
    }

    [Fact]
    public void A_reply_crosses_and_so_does_every_status_with_its_reason()
    {
        Assert.Equal(new Total { ProbeId = "a", Total_ = 7 }, Cross(new Reply(new Total { ProbeId = "a", Total_ = 7 })).Message(AddToTotal));
        Assert.Equal(new Total(), Cross(new Reply(new Total())).Message(AddToTotal));
        foreach (var status in Enum.GetValues<StatusCode>().Where(status => status != StatusCode.Ok))
        {
            var refused = Assert.Throws<ClusterException>(() => Cross(new Reply(new ClusterException(status, $"why {status}"))).Message(AddToTotal));
            Assert.Equal((status, $"why {status}"), (refused.Status, refused.Message));
        }
    }

    [Fact]
    public void Bytes_of_another_message_are_an_error_and_not_a_request()
    {
        var invocation = Cross(new Invocation(new InvocationOnWire { Path = AddToTotal.Path, Request = [0xff, 0xff, 0xff], CallerId = "", CallerName = "", RequestId = "" }));

        Assert.Throws<InvalidProtocolBufferException>(() => invocation.Request(AddToTotal));
    }

    private T Cross<T>(T value)
    {
        var serializer = _services.GetRequiredService<Serializer>();
        return serializer.Deserialize<T>(serializer.SerializeToArray(value))!;
    }
}
