using Npgsql;

namespace Cluster.Silo.Storage;

/// <summary>
/// How the database is reached: the connection string from <c>ConnectionStrings:Cluster</c> or <c>Cluster:Database</c>,
/// the rest from <c>Cluster:Storage</c>.
/// </summary>
public sealed class StorageOptions
{
    /// <summary>Where the limits stand in the configuration.</summary>
    public const string Section = "Cluster:Storage";

    /// <summary>For example <c>Host=127.0.0.1;Username=cluster;Database=cluster</c>.</summary>
    public string ConnectionString { get; set; } = "";

    /// <summary>Connections at most, 1 to 1,000. Default 64; all silos together must stay below the server's limit.</summary>
    public int MaxPoolSize { get; set; } = 64;

    /// <summary>Connections kept open when idle, 0 to <see cref="MaxPoolSize"/>. Default 2.</summary>
    public int MinPoolSize { get; set; } = 2;

    /// <summary>How long opening a connection, or waiting for one of the pool, may take; 1 s to 60 s. Default 5 s.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a statement may take, 1 s to 10 min. Default 30 s.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Statements kept prepared on each connection, 0 to 1,000. Default 100; 0 where a proxy such as PgBouncer hands a
    /// connection to another client after each transaction.
    /// </summary>
    public int MaxPreparedStatements { get; set; } = 100;

    /// <summary>The connection string with these limits; a limit that the connection string itself sets wins.</summary>
    /// <exception cref="ArgumentException">The connection string cannot be read.</exception>
    internal string BuildConnectionString()
    {
        var given = new NpgsqlConnectionStringBuilder(ConnectionString);
        var built = new NpgsqlConnectionStringBuilder
        {
            ApplicationName = "cluster",
            MaxPoolSize = MaxPoolSize,
            MinPoolSize = MinPoolSize,
            Timeout = (int)ConnectTimeout.TotalSeconds,
            CommandTimeout = (int)CommandTimeout.TotalSeconds,
            MaxAutoPrepare = MaxPreparedStatements,
            AutoPrepareMinUsages = 2,
            KeepAlive = 30,
        };
        foreach (var (keyword, value) in given)
        {
            built[keyword] = value;
        }

        return built.ConnectionString;
    }
}
