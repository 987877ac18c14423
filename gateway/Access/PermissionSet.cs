using Cluster.V1;
using Google.Protobuf.Reflection;

namespace Cluster.Gateway.Access;

/// <summary>What a key's holder may do, one bit a permission. The empty set may do nothing.</summary>
internal readonly record struct PermissionSet
{
    private static readonly EnumDescriptor Descriptor =
        OptionsReflection.Descriptor.FindTypeByName<EnumDescriptor>(nameof(Permission));

    private readonly ulong _bits;

    private PermissionSet(ulong bits) => _bits = bits;

    /// <summary>Every permission that this version knows.</summary>
    public static IReadOnlySet<Permission> All { get; } = Descriptor.Values
        .Select(value => (Permission)value.Number)
        .Where(permission => permission != Permission.Unspecified)
        .ToHashSet();

    /// <summary>The name of a permission as the contracts spell it.</summary>
    public static string NameOf(Permission permission) =>
        Descriptor.FindValueByNumber((int)permission)?.Name ?? permission.ToString();

    /// <summary>Reads a name as the contracts spell it.</summary>
    public static bool TryParse(string name, out Permission permission)
    {
        permission = (Permission)(Descriptor.FindValueByName(name)?.Number ?? 0);
        return permission != Permission.Unspecified;
    }

    /// <summary>The set of these permissions.</summary>
    public static PermissionSet Of(IEnumerable<Permission> permissions)
    {
        var bits = 0UL;
        foreach (var permission in permissions)
        {
            bits |= BitOf(permission);
        }

        return new PermissionSet(bits);
    }

    /// <summary>Whether the set allows it. Nobody is allowed what names no permission.</summary>
    public bool Has(Permission permission) => (_bits & BitOf(permission)) != 0;

    private static ulong BitOf(Permission permission) =>
        (int)permission is > 0 and < 64 ? 1UL << (int)permission : 0;
}
