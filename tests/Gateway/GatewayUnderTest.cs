using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Cluster.Gateway.Access;
using Cluster.Gateway.Hosting;
using Cluster.Grpc;
using Cluster.Grpc.Client;
using Cluster.Silo.Grains.Access;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage;
using Cluster.Silo.Storage.Access;
using Cluster.Silo.Storage.Audit;
using Cluster.Tests.Support;
using Cluster.V1;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using CallOptions = Cluster.Grpc.Client.CallOptions;

namespace Cluster.Tests.Gateway;

/// <summary>
/// The gateway as the executable builds it, on free ports, with a database of its own; a <see cref="StubOperations"/>
/// stands where the silo is.
/// </summary>
internal sealed class GatewayUnderTest : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly string _stateDirectory;
    private readonly bool _ownsState;

    private GatewayUnderTest(WebApplication app, TestDatabase database, StubOperations operations, TextLog log, string stateDirectory, bool ownsState)
    {
        _app = app;
        _stateDirectory = stateDirectory;
        _ownsState = ownsState;
        Database = database;
        Operations = operations;
        Log = log;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToList();
        GrpcAddress = new Uri(addresses[0]);
        Http = new HttpClient { BaseAddress = new Uri(addresses[1]) };
        Channel = new GrpcChannel(GrpcAddress);
        AdministratorKey = File.ReadAllText(Path.Combine(stateDirectory, "admin.key")).Trim();
    }

    public TestDatabase Database { get; }

    public StubOperations Operations { get; }

    public TextLog Log { get; }

    public HttpClient Http { get; }

    public Uri GrpcAddress { get; }

    public GrpcChannel Channel { get; }

    public string AdministratorKey { get; }

    public string StateDirectory => _stateDirectory;

    public IServiceProvider Services => _app.Services;

    public static Task<GatewayUnderTest> Start(params string[] options) => Start(null, null, null, options);

    public static async Task<GatewayUnderTest> Start(
        TestDatabase? database,
        string? stateDirectory,
        Action<IServiceCollection>? adjust,
        params string[] options)
    {
        database ??= await TestDatabase.Create();
        var ownsState = stateDirectory is null;
        stateDirectory ??= Directory.CreateTempSubdirectory("cluster-gateway-").FullName;
        var operations = new StubOperations();
        var log = new TextLog();
        string[] args =
        [
            $"--ConnectionStrings:Cluster={database.ConnectionString}",
            $"--Cluster:StateDirectory={stateDirectory}",
            $"--{AuditKeyRing.KeySetting}={TestAuditKeys.Text}",
            "--Cluster:Grpc:Port=0",
            "--Cluster:Http:Port=0",
            .. options,
        ];
        var app = GatewayApplication.Build(args, (services, configuration) =>
        {
            services.RemoveAll<ILoggerProvider>();
            adjust?.Invoke(services);
            services.AddStorage(configuration);
            services.AddSingleton<IOperations>(operations);
            services.AddSingleton(StubOperations.Contract);
            services.AddSingleton<ILoggerProvider>(log);
        });
        await app.StartAsync();
        return new GatewayUnderTest(app, database, operations, log, stateDirectory, ownsState);
    }

    /// <summary>Makes a key as an operator would, known to the gateway at once.</summary>
    public async Task<string> MakeKey(params Permission[] permissions) => (await MakeKeyUntil(null, permissions)).Text;

    public async Task<ApiKeyText> MakeKeyUntil(DateTimeOffset? end, params Permission[] permissions)
    {
        var key = ApiKeyText.Create();
        var stored = key.ToStored("test", permissions.ToHashSet(), DateTimeOffset.UnixEpoch, end);
        await Services.GetRequiredService<ApiKeyStore>().Insert(stored, Roles.SmallestThatHolds(permissions), new Call(Caller.System("test"), "test"));
        await Refresh();
        return key;
    }

    /// <summary>Reads the keys anew, as the gateway does every few seconds.</summary>
    public Task Refresh() => Services.GetRequiredService<KeyRing>().Refresh(CancellationToken.None);

    /// <summary>Calls over gRPC, whatever the method's shape, with one request.</summary>
    public async Task<IMessage> CallGrpc(MethodDescriptor method, IMessage request, string? key, params (string Name, string Value)[] headers)
    {
        var metadata = new Metadata();
        if (key is not null)
        {
            metadata.Add("authorization", $"Bearer {key}");
        }

        foreach (var (name, value) in headers)
        {
            metadata.Add(name, value);
        }

        var options = new CallOptions { Headers = metadata, Timeout = TimeSpan.FromSeconds(30) };
        if (method.IsServerStreaming)
        {
            using var stream = Channel.ServerStreaming<IMessage, IMessage>(method, request, options);
            IMessage? last = null;
            await foreach (var reply in stream)
            {
                last = reply;
            }

            return last!;
        }

        if (method.IsClientStreaming)
        {
            using var upload = Channel.ClientStreaming<IMessage, IMessage>(method, options);
            await upload.WriteAsync(request);
            await upload.CompleteAsync();
            return await upload.ResponseAsync;
        }

        return await Channel.UnaryAsync<IMessage, IMessage>(method, request, options);
    }

    /// <summary>Calls as JSON over HTTP.</summary>
    public async Task<(int Status, JsonNode? Body, HttpResponseMessage Response)> CallJson(
        string operation,
        string body,
        string? key,
        params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/{operation}")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        };
        if (key is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        var response = await Http.SendAsync(request);
        var text = await response.Content.ReadAsStringAsync();
        var isJson = response.Content.Headers.ContentType?.MediaType == "application/json";
        return ((int)response.StatusCode, isJson ? JsonNode.Parse(text) : JsonValue.Create(text), response);
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        Channel.Dispose();
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Database.DisposeAsync();
        if (_ownsState)
        {
            Directory.Delete(_stateDirectory, recursive: true);
        }
    }
}
