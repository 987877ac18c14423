using Cluster.Grpc.Server;
using Cluster.Grpc.Server.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Cluster.Tests.Grpc;

public sealed class MappingTests
{
    private static readonly UnaryHandler Unary = (request, _) => new(request);

    private readonly GrpcMethods _methods = new(new CallSettings(new GrpcServerOptions(), TimeProvider.System, NullLogger.Instance, CancellationToken.None));

    [Fact]
    public void A_method_is_mapped_once()
    {
        _methods.MapUnary(EchoService.UnaryMethod, Unary);

        var failure = Assert.Throws<ArgumentException>(() => _methods.MapUnary(EchoService.UnaryMethod, Unary));

        Assert.Contains("cluster.tests.grpc.Echo.Unary is mapped already", failure.Message);
    }

    [Fact]
    public void A_method_is_mapped_in_its_own_shape()
    {
        var failure = Assert.Throws<ArgumentException>(() => _methods.MapUnary(EchoService.ExpandMethod, Unary));

        Assert.Contains("cluster.tests.grpc.Echo.Expand is server streaming", failure.Message);
    }

    [Fact]
    public void Typed_handlers_must_be_of_the_methods_types()
    {
        var failure = Assert.Throws<ArgumentException>(() =>
            _methods.MapUnary<EchoReply, EchoReply>(EchoService.UnaryMethod, (request, _) => new(request)));

        Assert.Contains("takes cluster.tests.grpc.EchoRequest", failure.Message);
    }

    [Fact]
    public void One_handler_can_serve_every_unary_method_of_a_contract()
    {
        foreach (var method in EchoService.Service.Methods.Where(method => !method.IsClientStreaming && !method.IsServerStreaming))
        {
            _methods.MapUnary(method, Unary);
        }

        Assert.Equal([EchoService.Service], _methods.Services);
    }

    [Fact]
    public void Options_out_of_range_are_all_named_at_once()
    {
        var options = new GrpcServerOptions { MaxReceiveMessageSize = 0, MaxStreamsPerConnection = -1, KeepAlivePingDelay = TimeSpan.Zero };

        var result = new GrpcServerOptionsValidator().Validate(null, options);

        Assert.Equal(3, result.Failures?.Count());
        Assert.Contains(result.Failures!, failure => failure.Contains("MaxReceiveMessageSize is 0: it must be between 1 and 1073741824", StringComparison.Ordinal));
        Assert.True(new GrpcServerOptionsValidator().Validate(null, new GrpcServerOptions()).Succeeded);
    }
}
