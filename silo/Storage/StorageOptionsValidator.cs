using Microsoft.Extensions.Options;
using Npgsql;

namespace Cluster.Silo.Storage;

/// <summary>Refuses what cannot work, all of it at once, before anything connects. Never repeats the connection string.</summary>
internal sealed class StorageOptionsValidator : IValidateOptions<StorageOptions>
{
    private const string Example = "Host=127.0.0.1;Port=5432;Username=cluster;Password=…;Database=cluster";

    public ValidateOptionsResult Validate(string? name, StorageOptions options)
    {
        var failures = new List<string>();
        if (ConnectionStringFault(options.ConnectionString) is { } fault)
        {
            failures.Add(fault);
        }

        Range(options.MaxPoolSize, 1, 1000, nameof(options.MaxPoolSize));
        Range(options.MinPoolSize, 0, options.MaxPoolSize, nameof(options.MinPoolSize));
        Range(options.ConnectTimeout.TotalSeconds, 1, 60, nameof(options.ConnectTimeout) + " in seconds");
        Range(options.CommandTimeout.TotalSeconds, 1, 600, nameof(options.CommandTimeout) + " in seconds");
        Range(options.MaxPreparedStatements, 0, 1000, nameof(options.MaxPreparedStatements));
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Range(double value, double least, double most, string what)
        {
            if (!(value >= least && value <= most))
            {
                failures.Add($"{StorageOptions.Section}:{what} is {value}; it must lie between {least} and {most}.");
            }
        }
    }

    private static string? ConnectionStringFault(string connectionString)
    {
        if (string.IsNullOrWhiteSpace(connectionString))
        {
            return $"No database is configured: set ConnectionStrings:Cluster (in the environment ConnectionStrings__Cluster), for example {Example}.";
        }

        if (connectionString.StartsWith("postgres", StringComparison.OrdinalIgnoreCase) && connectionString.Contains("://", StringComparison.Ordinal))
        {
            return $"ConnectionStrings:Cluster is a URL; write it as key=value pairs instead, for example {Example}.";
        }

        try
        {
            var parsed = new NpgsqlConnectionStringBuilder(connectionString);
            return string.IsNullOrEmpty(parsed.Host) || string.IsNullOrEmpty(parsed.Database)
                ? $"ConnectionStrings:Cluster names no Host or no Database, for example {Example}."
                : null;
        }
        catch (ArgumentException error)
        {
            // The parser may repeat what it could not read, and that may be the password.
            return error.ParamName is { Length: > 0 } keyword && NpgsqlKeyword(keyword)
                ? $"ConnectionStrings:Cluster has a wrong value for {keyword}; for example {Example}."
                : $"ConnectionStrings:Cluster cannot be read; write key=value pairs with semicolons between them, for example {Example}.";
        }
    }

    private static bool NpgsqlKeyword(string text) => new NpgsqlConnectionStringBuilder().ContainsKey(text);
}
