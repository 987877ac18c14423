using Cluster.Silo.Hosting.Contracts;
using Cluster.V1;

namespace Cluster.Gateway.Operations;

/// <summary>What callers see of an operation.</summary>
internal static class OperationNames
{
    /// <summary><c>Service/Method</c>, as in the JSON path and in messages.</summary>
    public static string PublicName(this Operation operation) => $"{operation.Method.Service.Name}/{operation.Name}";

    /// <summary>The request's field that names what is called; empty where there is none.</summary>
    public static string KeyField(this Operation operation) =>
        operation.Method.GetOptions()?.GetExtension(OptionsExtensions.Call)?.Key ?? "";
}
