using Cluster.V1;
using Google.Protobuf.Reflection;

namespace Cluster.Silo.Grains.Access;

/// <summary>What somebody may do, one bit a permission. The empty set may do nothing.</summary>
public readonly record struct PermissionSet
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

    /// <summary>Whether the set allows nothing.</summary>
    public bool IsEmpty => _bits == 0;

    /// <summary>The name of a permission as the contracts spell it.</summary>
    /// <param name="permission">The permission.</param>
    public static string NameOf(Permission permission) =>
        Descriptor.FindValueByNumber((int)permission)?.Name ?? permission.ToString();

    /// <summary>Reads a name as the contracts spell it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="permission">What it names.</param>
    public static bool TryParse(string name, out Permission permission)
    {
        permission = (Permission)(Descriptor.FindValueByName(name)?.Number ?? 0);
        return permission != Permission.Unspecified;
    }

    /// <summary>The set of these permissions.</summary>
    /// <param name="permissions">In any order.</param>
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
    /// <param name="permission">The permission.</param>
    public bool Has(Permission permission) => (_bits & BitOf(permission)) != 0;

    /// <summary>What is in either.</summary>
    /// <param name="other">The other set.</param>
    public PermissionSet Or(PermissionSet other) => new(_bits | other._bits);

    /// <summary>What is in both.</summary>
    /// <param name="other">The other set.</param>
    public PermissionSet And(PermissionSet other) => new(_bits & other._bits);

    /// <summary>What is in this one and not in the other.</summary>
    /// <param name="other">The other set.</param>
    public PermissionSet Except(PermissionSet other) => new(_bits & ~other._bits);

    /// <summary>The permissions, in the order of the contracts.</summary>
    public IEnumerable<Permission> ToPermissions() => All.Where(Has).Order();

    /// <summary>The permissions' names.</summary>
    public override string ToString() => string.Join(", ", ToPermissions().Select(NameOf));

    private static ulong BitOf(Permission permission) =>
        (int)permission is > 0 and < 64 ? 1UL << (int)permission : 0;
}
