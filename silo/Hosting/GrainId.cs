namespace Cluster.Silo.Hosting;

/// <summary>Names one grain in the whole cluster.</summary>
/// <param name="Type">The grain's type as its service's <c>grain</c> option gives it, for example <c>wallet</c>.</param>
/// <param name="Key">The value of the request's key field, 1 to 128 characters.</param>
public readonly record struct GrainId(string Type, string Key)
{
    /// <summary><c>type/key</c>, for logs.</summary>
    public override string ToString() => $"{Type}/{Key}";
}
