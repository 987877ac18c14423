using System.Reflection;
using Orleans;
using Orleans.Configuration;

namespace Cluster.OrleansHost.Shells;

/// <summary>Which shells a process tells the cluster that it has.</summary>
internal static class ShellTypes
{
    /// <summary>The type of grains that a class is the shell of; null where it is none.</summary>
    public static string? NameOf(Type type) =>
        type.IsSubclassOf(typeof(GrainShell)) && type.GetCustomAttribute<GrainTypeAttribute>() is { } attribute
            ? attribute.GetGrainType(null!, type).ToString()
            : null;

    /// <summary>Takes the shells out whose grains the process does not host: nothing is placed on it that is not in its manifest.</summary>
    public static void Keep(GrainTypeOptions options, IReadOnlySet<string> hosted) =>
        options.Classes.RemoveWhere(type => NameOf(type) is { } name && !hosted.Contains(name));
}
