using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Cluster.Tests.Solana.Rpc;

/// <summary>A JSON-RPC error that a handler answers with.</summary>
internal sealed class RpcFault(int code, string message, JsonNode? details = null) : Exception(message)
{
    public int Code { get; } = code;

    public JsonNode? Details { get; } = details;
}

/// <summary>A call that a test's server has received.</summary>
internal sealed record ReceivedCall(string Method, JsonArray Params, bool InBatch);

/// <summary>
/// A JSON-RPC server on loopback, real HTTP by Kestrel, whose methods a test supplies. <see cref="OnRequest"/> may answer a
/// request itself, with any status and any bytes, or break the connection.
/// </summary>
internal sealed class RpcServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<ReceivedCall> _calls = new();
    private readonly ConcurrentDictionary<string, Func<JsonArray, JsonNode?>> _methods = new();

    private RpcServer(WebApplication app) => _app = app;

    /// <summary>Runs before a request is answered; true where it has answered it.</summary>
    public Func<HttpContext, Task<bool>> OnRequest { get; set; } = static _ => Task.FromResult(false);

    /// <summary>Runs after the methods have taken effect, before the reply leaves; true where it has answered.</summary>
    public Func<HttpContext, Task<bool>> OnReply { get; set; } = static _ => Task.FromResult(false);

    public Uri Url => new(_app.Urls.Single());

    public IReadOnlyCollection<ReceivedCall> Calls => _calls;

    public static async Task<RpcServer> Start()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Services.AddRoutingCore();
        builder.Logging.ClearProviders();
        var server = new RpcServer(builder.Build());
        server._app.Run(server.Serve);
        await server._app.StartAsync();
        return server;
    }

    public RpcServer On(string method, Func<JsonArray, JsonNode?> answer)
    {
        _methods[method] = answer;
        return this;
    }

    /// <summary>Answers a method with a fixed result in JSON.</summary>
    public RpcServer On(string method, string result) => On(method, _ => JsonNode.Parse(result));

    public IReadOnlyList<ReceivedCall> CallsOf(string method) => [.. _calls.Where(call => call.Method == method)];

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task Serve(HttpContext http)
    {
        if (await OnRequest(http))
        {
            return;
        }

        var request = await JsonNode.ParseAsync(http.Request.Body);
        JsonNode reply = request is JsonArray batch
            ? new JsonArray([.. batch.Select(one => Answer(one!, inBatch: true))])
            : Answer(request!, inBatch: false);
        if (await OnReply(http))
        {
            return;
        }

        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(reply.ToJsonString());
    }

    private JsonObject Answer(JsonNode request, bool inBatch)
    {
        var method = (string)request["method"]!;
        var parameters = request["params"]!.AsArray();
        _calls.Enqueue(new ReceivedCall(method, parameters, inBatch));
        var reply = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = request["id"]!.DeepClone() };
        try
        {
            reply["result"] = _methods.TryGetValue(method, out var answer)
                ? answer(parameters)
                : throw new RpcFault(-32601, "Method not found");
        }
        catch (RpcFault fault)
        {
            reply["error"] = new JsonObject { ["code"] = fault.Code, ["message"] = fault.Message, ["data"] = fault.Details };
        }

        return reply;
    }
}

/// <summary>Ways in which a server goes wrong.</summary>
internal static class Wrong
{
    public static async Task<bool> Status(HttpContext http, int status, string body = "", string? retryAfter = null)
    {
        http.Response.StatusCode = status;
        if (retryAfter is not null)
        {
            http.Response.Headers.RetryAfter = retryAfter;
        }

        await http.Response.WriteAsync(body);
        return true;
    }

    public static async Task<bool> Body(HttpContext http, string body)
    {
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(body);
        return true;
    }

    public static Task<bool> Hang(HttpContext http)
    {
        var gone = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        http.RequestAborted.Register(() => gone.TrySetResult(true));
        return gone.Task;
    }

    public static Task<bool> BreakConnection(HttpContext http)
    {
        http.Abort();
        return Task.FromResult(true);
    }
}
