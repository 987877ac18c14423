namespace Cluster.Gateway.Configuration;

/// <summary>The process cannot start as it is configured. Each error is a sentence for the operator.</summary>
internal sealed class InvalidConfigurationException(IReadOnlyList<string> errors)
    : Exception(string.Join(Environment.NewLine, errors))
{
    /// <summary>All that is wrong, so that it can be put right at once.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;
}
