namespace Cluster.Tests.Support.KeyVault;

/// <summary>A request as it reached the vault.</summary>
/// <param name="Method">HTTP's.</param>
/// <param name="Path">Without the query.</param>
/// <param name="Operation">The last part of the path where it is an operation, else <c>get</c>, <c>update</c> or <c>delete</c>.</param>
/// <param name="Body">As text.</param>
/// <param name="Authorized">Whether it bore a token that the vault takes.</param>
/// <param name="Number">From 1.</param>
internal sealed record VaultRequest(string Method, string Path, string Operation, string Body, bool Authorized, int Number);

/// <summary>What a vault replies.</summary>
/// <param name="Status">HTTP's.</param>
/// <param name="Body">JSON.</param>
/// <param name="RetryAfter">The header, where there is one.</param>
internal sealed record VaultReply(int Status, object Body, string? RetryAfter = null)
{
    public static VaultReply Error(int status, string code, string message, string? retryAfter = null) =>
        new(status, new { error = new { code, message } }, retryAfter);

    public static VaultReply Throttled(string? retryAfter = null) =>
        Error(429, "Throttled", "Request was not processed because too many requests were received. Reason: VaultRequestTypeLimitReached", retryAfter);
}
