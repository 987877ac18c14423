using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Cluster.Gateway.Configuration;

/// <summary>What an options class says about its options.</summary>
internal static class OptionProperties
{
    /// <summary>The options, sections and lists of a class, in the order in which it declares them.</summary>
    public static IReadOnlyList<PropertyInfo> Of(Type type) =>
    [
        .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite || IsSection(property) || ItemOf(property) is not null),
    ];

    /// <summary>Whether the property is a section with options of its own.</summary>
    public static bool IsSection(PropertyInfo property) =>
        property.PropertyType is { IsClass: true, IsArray: false } type && type != typeof(string) && type != typeof(Uri);

    /// <summary>For a list of sections: the class of one; null for anything else.</summary>
    public static Type? ItemOf(PropertyInfo property) =>
        property.PropertyType is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(IList<>)
            ? type.GenericTypeArguments[0]
            : null;

    /// <summary>Whether the value must never be shown. A URL may hold a password or an API key.</summary>
    public static bool IsSecret(PropertyInfo option) =>
        option.PropertyType == typeof(Uri) || option.GetCustomAttribute<DataTypeAttribute>()?.DataType == DataType.Password;

    /// <summary>The environment variable that sets an option.</summary>
    /// <param name="path">For example <c>Cluster:Grpc:Port</c>.</param>
    public static string EnvironmentNameOf(string path) => path.Replace(":", "__", StringComparison.Ordinal);
}
