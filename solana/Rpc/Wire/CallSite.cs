namespace Cluster.Solana;

/// <summary>Whom a call asks what: the place that every error names.</summary>
internal readonly record struct CallSite(RpcEndpoint Endpoint, string Method)
{
    private const int MaxForeignText = 400;

    public RpcException Fail(RpcFailure failure, string reason, Exception? inner = null) =>
        new(failure, Endpoint.Host, Method, reason, inner);

    public RpcException Malformed(string reason) => Fail(RpcFailure.MalformedReply, "reply not understood: " + reason);

    /// <summary>The error that a node gave in place of a result.</summary>
    public RpcException FromNode(RpcErrorBody error)
    {
        var failure = RpcErrorCodes.Classify(error.Code);
        return new RpcException(failure, Endpoint.Host, Method, Reason(failure, error))
        {
            Code = error.Code,
            TransactionError = error.Data?.TransactionError,
            Logs = error.Data?.Logs ?? [],
            NodeSlot = error.Data?.ContextSlot,
        };
    }

    /// <summary>Text of an endpoint made fit to be shown: one line, short, without the URL's secrets.</summary>
    public string Foreign(string text)
    {
        var shown = Endpoint.Redact(text);
        shown = string.Create(Math.Min(shown.Length, MaxForeignText), shown, static (line, source) =>
        {
            for (var i = 0; i < line.Length; i++)
            {
                line[i] = char.IsControl(source[i]) ? ' ' : source[i];
            }
        });
        return shown.Trim();
    }

    private string Reason(RpcFailure failure, RpcErrorBody error)
    {
        var reason = $"{Foreign(error.Message)} (code {error.Code})";
        if (failure == RpcFailure.PreflightFailed && error.Data?.TransactionError is { } why)
        {
            reason += $": {why}";
        }

        return error.Data?.SlotsBehind is { } slots ? $"{reason}: {slots} slots behind" : reason;
    }
}
