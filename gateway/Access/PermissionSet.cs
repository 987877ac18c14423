using Cluster.V1;
using Google.Protobuf.Reflection;

namespace Cluster.Gateway.Access;

/// <summary>What a key's holder may do, one bit a permission. The empty set may do nothing.</summary>
internal readonly record struct PermissionSet
{
    /// <summary>In the database and on the command line: every permission, also those of later versions.</summary>
    public const string Everything = "*";

    private static readonly Dictionary<string, Permission> ByName = OptionsReflection.Descriptor
        .FindTypeByName<EnumDescriptor>(nameof(Permission))
        .Values
        .Where(value => value.Number != (int)Permission.Unspecified)
        .ToDictionary(value => value.Name, value => (Permission)value.Number);

    private readonly ulong _bits;

    private PermissionSet(ulong bits) => _bits = bits;

    /// <summary>Every permission there is, and every one to come.</summary>
    public static PermissionSet All { get; } = new(ulong.MaxValue);

    /// <summary>The names that a key can be given, as the contracts spell them.</summary>
    public static IReadOnlyCollection<string> Names => ByName.Keys;

    /// <summary>The name of a permission as the contracts spell it.</summary>
    public static string NameOf(Permission permission) =>
        ByName.FirstOrDefault(pair => pair.Value == permission).Key ?? permission.ToString();

    /// <summary>The set of these permissions.</summary>
    public static PermissionSet Of(params ReadOnlySpan<Permission> permissions)
    {
        var bits = 0UL;
        foreach (var permission in permissions)
        {
            bits |= BitOf(permission);
        }

        return new PermissionSet(bits);
    }

    /// <summary>
    /// Reads names as stored. A name that this version does not know gives nothing: a key made by a later version
    /// keeps what both versions understand.
    /// </summary>
    public static PermissionSet FromStored(IEnumerable<string> names)
    {
        var bits = 0UL;
        foreach (var name in names)
        {
            if (name == Everything)
            {
                return All;
            }

            bits |= ByName.TryGetValue(name, out var permission) ? BitOf(permission) : 0;
        }

        return new PermissionSet(bits);
    }

    /// <summary>Whether a name can be given to a key.</summary>
    public static bool IsName(string name) => name == Everything || ByName.ContainsKey(name);

    /// <summary>Whether the set allows it. Nobody is allowed what names no permission.</summary>
    public bool Has(Permission permission) => (_bits & BitOf(permission)) != 0;

    private static ulong BitOf(Permission permission) =>
        (int)permission is > 0 and < 64 ? 1UL << (int)permission : 0;
}
