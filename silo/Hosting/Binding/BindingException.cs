namespace Cluster.Silo.Hosting.Binding;

/// <summary>The contracts and the classes do not fit together; the process must not start.</summary>
/// <param name="errors">Everything that is wrong, one sentence each.</param>
public sealed class BindingException(IReadOnlyList<string> errors)
    : Exception($"The contracts and the classes that implement them do not fit together:{string.Concat(errors.Select(error => $"{Environment.NewLine}- {error}"))}")
{
    /// <summary>Everything that is wrong, one sentence each.</summary>
    public IReadOnlyList<string> Errors { get; } = errors;
}
