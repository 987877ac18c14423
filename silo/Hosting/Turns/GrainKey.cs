using Cluster.Silo.Hosting.Contracts;

namespace Cluster.Silo.Hosting.Turns;

/// <summary>What may name a grain.</summary>
internal static class GrainKey
{
    private const int Longest = 128;

    /// <summary>Whether a key has a length that any grain's may have.</summary>
    public static bool HasLength(string key) => (uint)(key.Length - 1) < Longest;

    /// <summary>Why a key can name no grain; null where it can.</summary>
    /// <param name="operation">The rpc whose request holds it.</param>
    /// <param name="key">What it holds.</param>
    public static ClusterException? Fault(Operation operation, string key) => key switch
    {
        "" => Invalid($"{operation.Name} needs a {operation.KeyField}."),
        { Length: > Longest } => Invalid($"The {operation.KeyField} of {operation.Name} has {key.Length} characters; at most {Longest} are allowed."),
        _ when key.AsSpan().ContainsAnyInRange('\0', '\x1f') => Invalid($"The {operation.KeyField} of {operation.Name} holds a control character."),
        _ => null,
    };

    private static ClusterException Invalid(string message) => new(StatusCode.InvalidArgument, message);
}
