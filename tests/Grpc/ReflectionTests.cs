using Cluster.Grpc;
using Cluster.Grpc.Client;
using Cluster.Grpc.Reflection.V1;
using Google.Protobuf.Reflection;
using Xunit;

namespace Cluster.Tests.Grpc;

public sealed class ReflectionTests : IAsyncLifetime
{
    private GrpcTestServer _server = null!;
    private GrpcChannel _channel = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await GrpcTestServer.StartAsync();
        _channel = _server.Connect();
    }

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task All_services_are_listed()
    {
        var answer = await AskAsync(new ServerReflectionRequest { ListServices = "*" });

        Assert.Equal(
            ["cluster.tests.grpc.Echo", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"],
            answer.ListServicesResponse.Service.Select(service => service.Name));
    }

    [Fact]
    public async Task A_file_is_told_by_name_with_all_that_it_imports()
    {
        var answer = await AskAsync(new ServerReflectionRequest { FileByFilename = EchoReflection.Descriptor.Name });

        Assert.Equal([EchoReflection.Descriptor.Name, "google/protobuf/descriptor.proto"], Files(answer));
        Assert.Equal(EchoReflection.Descriptor.Name, answer.OriginalRequest.FileByFilename);
    }

    [Theory]
    [InlineData("cluster.tests.grpc.Echo")]
    [InlineData("cluster.tests.grpc.Echo.Unary")]
    [InlineData("cluster.tests.grpc.EchoRequest")]
    [InlineData("cluster.tests.grpc.EchoRequest.text")]
    [InlineData("cluster.tests.grpc.remark")]
    [InlineData(".cluster.tests.grpc.EchoReply")]
    public async Task A_symbol_is_found_in_its_file(string symbol)
    {
        var answer = await AskAsync(new ServerReflectionRequest { FileContainingSymbol = symbol });

        Assert.Equal(EchoReflection.Descriptor.Name, Files(answer)[0]);
    }

    [Theory]
    [InlineData("grpc.health.v1.HealthCheckResponse.ServingStatus", "grpc/health/v1/health.proto")]
    [InlineData("google.protobuf.FieldDescriptorProto.Type", "google/protobuf/descriptor.proto")]
    public async Task Nested_types_and_types_of_imports_are_found(string symbol, string file)
    {
        var answer = await AskAsync(new ServerReflectionRequest { FileContainingSymbol = symbol });

        Assert.Equal(file, Files(answer)[0]);
    }

    [Fact]
    public async Task An_extension_is_found_by_the_type_it_extends_and_its_number()
    {
        var numbers = await AskAsync(new ServerReflectionRequest { AllExtensionNumbersOfType = "google.protobuf.MethodOptions" });
        Assert.Equal([50901], numbers.AllExtensionNumbersResponse.ExtensionNumber);
        Assert.Equal("google.protobuf.MethodOptions", numbers.AllExtensionNumbersResponse.BaseTypeName);

        var answer = await AskAsync(new ServerReflectionRequest { FileContainingExtension = new() { ContainingType = "google.protobuf.MethodOptions", ExtensionNumber = 50901 } });
        Assert.Equal(EchoReflection.Descriptor.Name, Files(answer)[0]);
    }

    [Fact]
    public async Task A_type_without_extensions_has_none()
    {
        var answer = await AskAsync(new ServerReflectionRequest { AllExtensionNumbersOfType = "cluster.tests.grpc.EchoRequest" });

        Assert.Empty(answer.AllExtensionNumbersResponse.ExtensionNumber);
    }

    [Fact]
    public async Task What_is_not_known_is_not_found_and_the_stream_goes_on()
    {
        ServerReflectionRequest[] questions =
        [
            new() { FileByFilename = "no.proto" },
            new() { FileContainingSymbol = "no.Symbol" },
            new() { AllExtensionNumbersOfType = "no.Type" },
            new() { FileContainingExtension = new() { ContainingType = "google.protobuf.MethodOptions", ExtensionNumber = 1 } },
        ];
        using var call = Start();
        await using var answers = call.Responses.GetAsyncEnumerator(TestContext.Current.CancellationToken);
        foreach (var question in questions)
        {
            await call.WriteAsync(question);
            Assert.True(await answers.MoveNextAsync());
            Assert.Equal((int)StatusCode.NotFound, answers.Current.ErrorResponse.ErrorCode);
        }
    }

    [Fact]
    public async Task A_question_that_asks_nothing_is_an_invalid_argument()
    {
        var answer = await AskAsync(new ServerReflectionRequest { Host = "here" });

        Assert.Equal((int)StatusCode.InvalidArgument, answer.ErrorResponse.ErrorCode);
        Assert.Equal("here", answer.ValidHost);
    }

    private static List<string> Files(ServerReflectionResponse answer) =>
        [.. answer.FileDescriptorResponse.FileDescriptorProto.Select(file => FileDescriptorProto.Parser.ParseFrom(file).Name)];

    private async Task<ServerReflectionResponse> AskAsync(ServerReflectionRequest question)
    {
        using var call = Start();
        await call.WriteAsync(question);
        await call.CompleteAsync();
        return Assert.Single(await call.Responses.ToListAsync(TestContext.Current.CancellationToken));
    }

    private DuplexStreamingCall<ServerReflectionRequest, ServerReflectionResponse> Start() =>
        _channel.DuplexStreaming<ServerReflectionRequest, ServerReflectionResponse>(ReflectionReflection.Descriptor.Services[0].Methods[0]);
}
