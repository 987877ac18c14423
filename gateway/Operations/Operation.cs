using Cluster.Gateway.Access;
using Cluster.V1;
using Google.Protobuf.Reflection;

namespace Cluster.Gateway.Operations;

/// <summary>An rpc of the contracts with what its options say about calling it.</summary>
internal sealed class Operation
{
    public Operation(MethodDescriptor method)
    {
        var options = method.GetOptions()?.GetExtension(OptionsExtensions.Call);
        Method = method;
        Name = $"{method.Service.Name}/{method.Name}";
        Permission = options?.Permission ?? Permission.Unspecified;
        SecondFactor = options?.SecondFactor ?? false;
        ReadOnly = options?.ReadOnly ?? false;
        Key = options?.Key ?? "";
    }

    /// <summary>The rpc.</summary>
    public MethodDescriptor Method { get; }

    /// <summary><c>Service/Method</c>, as in the JSON path.</summary>
    public string Name { get; }

    /// <summary>What the caller must be allowed to do; unspecified: nobody may call.</summary>
    public Permission Permission { get; }

    /// <summary>Whether a key alone is not enough.</summary>
    public bool SecondFactor { get; }

    /// <summary>Whether it changes nothing.</summary>
    public bool ReadOnly { get; }

    /// <summary>The request's field that names what is called; empty where there is none.</summary>
    public string Key { get; }

    /// <summary>Whether a holder of these permissions may call it.</summary>
    public bool IsAllowedTo(PermissionSet permissions) =>
        Permission != Permission.Unspecified && permissions.Has(Permission);

    /// <summary>Says to a caller what is missing.</summary>
    public string WhyDenied(string keyId) => Permission == Permission.Unspecified
        ? $"{Name} names no permission in its contract, so nobody may call it"
        : $"{Name} needs the permission {PermissionSet.NameOf(Permission)}, which the API key '{keyId}' does not have";
}
