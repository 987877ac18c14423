using Microsoft.Extensions.Options;

namespace Cluster.Gateway.Configuration;

/// <summary>Turns the process's configuration into options, or into all the reasons why it cannot.</summary>
internal static class ClusterConfiguration
{
    /// <summary>Reads every option.</summary>
    /// <param name="configuration">Files, environment and command line.</param>
    /// <param name="errors">What is unknown, missing or wrong, a sentence each; empty where the options can be used.</param>
    public static ClusterOptions Read(IConfiguration configuration, out IReadOnlyList<string> errors)
    {
        var options = new ClusterOptions();
        Read(configuration, options, out errors);
        return options;
    }

    /// <summary>Reads every option of a process that has more of them.</summary>
    /// <param name="configuration">Files, environment and command line.</param>
    /// <param name="options">Takes the values.</param>
    /// <param name="errors">What is unknown, missing or wrong, a sentence each.</param>
    public static void Read(IConfiguration configuration, ClusterOptions options, out IReadOnlyList<string> errors)
    {
        var reader = new OptionsReader();
        reader.Read(configuration.GetSection(ClusterOptions.Section), options);
        errors = [.. reader.Errors, .. ExposedWithoutTls(options), .. ExposedWithoutKey(options)];
    }

    /// <summary>Stops a start that cannot succeed.</summary>
    /// <param name="errors">What reading found.</param>
    /// <param name="services">Hold the validators of the silo's parts.</param>
    /// <exception cref="InvalidConfigurationException">There is something to put right.</exception>
    public static void Demand(IReadOnlyList<string> errors, IServiceProvider services)
    {
        List<string> all = [.. errors];
        try
        {
            services.GetService<IStartupValidator>()?.Validate();
        }
        catch (OptionsValidationException error)
        {
            all.AddRange(error.Failures);
        }
        catch (AggregateException error)
        {
            all.AddRange(error.InnerExceptions.OfType<OptionsValidationException>().SelectMany(each => each.Failures));
        }
        catch (InvalidOperationException) when (errors.Count > 0)
        {
            // A value that cannot be bound; the reader has said so in a sentence.
        }

        if (all.Count > 0)
        {
            throw new InvalidConfigurationException(all);
        }
    }

    private static IEnumerable<string> ExposedWithoutTls(ClusterOptions options) =>
        from endpoint in new[] { (Name: nameof(options.Grpc), Options: options.Grpc), (Name: nameof(options.Http), Options: options.Http) }
        where endpoint.Options.IsExposed() && !options.Tls.IsConfigured()
        select $"Cluster:{endpoint.Name}:Address is '{endpoint.Options.Address}', which other machines can reach: "
            + "that needs TLS (Cluster:Tls:CertificateFile and Cluster:Tls:KeyFile), or use 127.0.0.1.";

    private static IEnumerable<string> ExposedWithoutKey(ClusterOptions options)
    {
        if (options.Metrics.AllowWithoutKey && options.Http.IsExposed())
        {
            yield return $"Cluster:Metrics:AllowWithoutKey is true while Cluster:Http:Address is '{options.Http.Address}', which other machines can reach: "
                + "let Prometheus send a key with the permission VIEW_CLUSTER, or use 127.0.0.1.";
        }
    }
}
