using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Cluster.Gateway.Access;
using Cluster.Gateway.Configuration;
using Cluster.Gateway.Operations;
using Cluster.Silo.Grains.Access.SecondFactors;
using Cluster.Silo.Hosting;
using Cluster.Silo.Hosting.Contracts;
using Google.Protobuf;

namespace Cluster.Gateway.Http;

/// <summary>Every operation as JSON over HTTP: <c>POST /v1/{service}/{method}</c>.</summary>
internal sealed class JsonOperations(
    OperationTable operations,
    Admission admission,
    AuditedOperations implementers,
    JsonMapping json,
    EdgeErrors errors,
    LimitsOptions limits,
    IHostApplicationLifetime lifetime)
{
    private const string Json = "application/json";

    private const string JsonLines = "application/x-ndjson";

    /// <summary>Answers a request.</summary>
    /// <param name="http">With the route values <c>service</c> and <c>method</c>.</param>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever escapes an operation becomes its answer.")]
    public async Task Handle(HttpContext http)
    {
        var usable = EdgeCall.TryGetRequestId(http.Request.Headers[EdgeCall.RequestIdHeader], out var requestId);
        http.Response.Headers[EdgeCall.RequestIdHeader] = requestId;
        var name = $"{http.Request.RouteValues["service"]}/{http.Request.RouteValues["method"]}";
        try
        {
            if (!usable)
            {
                throw EdgeCall.UnusableRequestId();
            }

            await Answer(http, Find(name), requestId);
        }
        catch (Exception error)
        {
            await Refuse(http, errors.Of(error, name, requestId), requestId);
        }
    }

    /// <summary>Answers with an error, where nothing was answered yet; ends the connection otherwise.</summary>
    /// <param name="http">The request.</param>
    /// <param name="error">What went wrong.</param>
    /// <param name="requestId">Finds the request in the log.</param>
    /// <param name="challenge">How a caller without credentials is asked for some (RFC 9110, section 11.6.1).</param>
    public static async Task Refuse(HttpContext http, EdgeError error, string requestId, string challenge = "Bearer")
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.StatusCode = error.HttpStatus ?? HttpStatus.Of(error.Status);
        if (error.Status == StatusCode.Unauthenticated)
        {
            http.Response.Headers.WWWAuthenticate = challenge;
        }

        if (SecondFactorChallenge.Is(error.Status, error.Message))
        {
            http.Response.Headers[SecondFactorChallenge.Header] = "required";
        }

        await http.Response.WriteAsJsonAsync(ErrorBody.Of(error, requestId), HttpJson.Default.ErrorBody, Json, http.RequestAborted);
    }

    private Operation Find(string name) => operations.TryFind(name, out var operation)
        ? operation
        : throw new ClusterException(StatusCode.NotFound, $"there is no operation '{name}'; GET /openapi.json lists them");

    private async Task Answer(HttpContext http, Operation operation, string requestId)
    {
        var headers = http.Request.Headers;
        using var visitor = admission.Enter(operation, Credentials.Of(http));
        if (operation.Kind == OperationKind.ClientStream)
        {
            throw new ClusterException(
                StatusCode.Unimplemented,
                $"{operation.PublicName()} takes a stream of requests, which JSON over HTTP cannot carry: call it over gRPC");
        }

        if (!http.Request.HasJsonContentType())
        {
            throw new BadHttpRequestException(
                $"the content type is '{http.Request.ContentType}': send JSON, with the header 'content-type: {Json}'",
                StatusCodes.Status415UnsupportedMediaType);
        }

        var body = await JsonRequestBody.Read(http.Request, limits.MaxMessageBytes, http.RequestAborted);
        var request = json.Parse(operation.Method.InputType, body);
        var call = new Call(
            await admission.Authorize(visitor, request, http.RequestAborted),
            requestId,
            Trace: EdgeCall.TraceOf(headers.TraceParent, headers.TraceState),
            Cancellation: http.RequestAborted);
        if (operation.Kind == OperationKind.ServerStream)
        {
            await AnswerLines(http, operation, request, call);
            return;
        }

        var reply = json.Format(await implementers.Unary(operation, request, call));
        http.Response.ContentType = Json;
        http.Response.ContentLength = reply.Length;
        await http.Response.BodyWriter.WriteAsync(reply, http.RequestAborted);
    }

    /// <summary>
    /// A line a message: <c>{"result":…}</c>, and <c>{"error":…}</c> as the last one where the stream broke, since the
    /// status has been sent by then.
    /// </summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever escapes an operation becomes its last line.")]
    private async Task AnswerLines(HttpContext http, Operation operation, IMessage request, Call call)
    {
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(call.Cancellation, lifetime.ApplicationStopping);
        var gone = call.Cancellation;
        call = call with { Cancellation = stopping.Token };
        var lines = http.Response.BodyWriter;
        var replies = implementers.ServerStream(operation, request, call).GetAsyncEnumerator(call.Cancellation);
        await using (replies)
        {
            // Where the first reply fails, an error status can still be sent.
            var more = await replies.MoveNextAsync();
            http.Response.ContentType = JsonLines;
            try
            {
                for (; more; more = await replies.MoveNextAsync())
                {
                    lines.Write("{\"result\":"u8);
                    lines.Write(json.Format(replies.Current));
                    lines.Write("}\n"u8);
                    await lines.FlushAsync(call.Cancellation);
                }
            }
            catch (Exception error) when (!gone.IsCancellationRequested)
            {
                var last = ErrorBody.Of(errors.Of(error, operation.PublicName(), call.RequestId), call.RequestId);
                lines.Write(JsonSerializer.SerializeToUtf8Bytes(last, HttpJson.Default.ErrorBody));
                lines.Write("\n"u8);
            }
        }
    }
}
