namespace Cluster.Gateway.Configuration;

/// <summary>Turns the process's configuration into options, or into all the reasons why it cannot.</summary>
internal static class ClusterConfiguration
{
    /// <summary>Reads and checks every option.</summary>
    /// <param name="configuration">Files, environment and command line.</param>
    /// <exception cref="InvalidConfigurationException">Something is unknown, missing or wrong.</exception>
    public static ClusterOptions Read(IConfiguration configuration)
    {
        var honoured = HonouredNames.In(configuration).ToList();
        var effective = new ConfigurationBuilder().AddConfiguration(configuration).AddInMemoryCollection(honoured).Build();
        var options = new ClusterOptions();
        var reader = new OptionsReader();
        reader.Read(effective.GetSection(ClusterOptions.Section), options);
        List<string> errors = [.. reader.Errors, .. ExposedWithoutTls(options)];
        return errors.Count == 0 ? options : throw new InvalidConfigurationException(errors);
    }

    private static IEnumerable<string> ExposedWithoutTls(ClusterOptions options) =>
        from endpoint in new[] { (Name: nameof(options.Grpc), Options: options.Grpc), (Name: nameof(options.Http), Options: options.Http) }
        where !endpoint.Options.IsLoopback() && !options.Tls.IsConfigured()
        select $"Cluster:{endpoint.Name}:Address is '{endpoint.Options.Address}', which other machines can reach: "
            + "that needs TLS (Cluster:Tls:CertificateFile and Cluster:Tls:KeyFile), or use 127.0.0.1.";
}
