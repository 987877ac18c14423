namespace Cluster.Bench;

/// <summary>One figure of the table: something of ours beside its reference, measured in the same run.</summary>
internal abstract class Benchmark
{
    /// <summary>By which it is asked for on the command line.</summary>
    public abstract string Name { get; }

    /// <summary>What is measured, and in which unit.</summary>
    public abstract string Figure { get; }

    /// <summary>Beside what; empty where the bound is absolute.</summary>
    public abstract string Reference { get; }

    /// <summary>What must be reached, as people read it.</summary>
    public abstract string Bound { get; }

    /// <summary>Measures.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract Task<Measurement> Measure(CancellationToken cancellationToken);
}

/// <summary>What came out.</summary>
/// <param name="Result">The figure that the bound is about, for example <c>0.83 ×</c>.</param>
/// <param name="Absolute">Ours and the reference's figures, for context.</param>
/// <param name="Reached">Whether the bound is kept.</param>
internal sealed record Measurement(string Result, string Absolute, bool Reached);
