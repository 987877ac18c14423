namespace Cluster.Gateway.Configuration;

/// <summary>
/// Names that existing deployments use, beside the options' own. An option set by its own name wins over one of these.
/// </summary>
internal static class HonouredNames
{
    /// <summary>The honoured name and the option that it sets.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["ConnectionStrings:Cluster"] = "Cluster:Database:ConnectionString",
    };

    /// <summary>The options that honoured names set in a configuration and that are not set by their own.</summary>
    public static IEnumerable<KeyValuePair<string, string?>> In(IConfiguration configuration) =>
        from name in All
        let value = configuration[name.Key]
        where !string.IsNullOrEmpty(value) && !configuration.GetSection(name.Value).Exists()
        select KeyValuePair.Create(name.Value, (string?)value);
}
