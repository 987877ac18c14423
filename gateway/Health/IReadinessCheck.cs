namespace Cluster.Gateway.Health;

/// <summary>Something without which the process cannot serve.</summary>
internal interface IReadinessCheck
{
    /// <summary>Its name in the report, for example <c>database</c>.</summary>
    string Name { get; }

    /// <summary>Looks whether it works.</summary>
    /// <param name="cancellationToken">Cancelled after a second or two; not answering in time is a fault.</param>
    /// <returns>What is wrong, for people and without secrets; null where nothing is.</returns>
    Task<string?> FindFault(CancellationToken cancellationToken);
}
