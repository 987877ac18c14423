using Microsoft.Extensions.Logging;

namespace Cluster.Silo.Storage.Schema;

internal static partial class SchemaLog
{
    [LoggerMessage(1000, LogLevel.Information, "Applied migration {Migration} in {ElapsedMs} ms")]
    public static partial void Applied(ILogger logger, string migration, long elapsedMs);

    [LoggerMessage(1001, LogLevel.Information, "The database is at schema version {Version}; {Applied} migrations were applied now")]
    public static partial void UpToDate(ILogger logger, int version, int applied);
}
