using Cluster.Gateway.Configuration;
using Cluster.Silo.Grains.Access;
using Cluster.Silo.Hosting;
using Cluster.Silo.Storage.Access;

namespace Cluster.Gateway.Access;

/// <summary>
/// The first key of a new cluster, an owner's: made at first start and written where only the operator can
/// read it. The file is written before the database knows the key, so that a process that dies between the two finds
/// the file and goes on from there; the database decides which of several gateways made the key.
/// </summary>
internal sealed partial class AdministratorKey(ApiKeyStore store, ClusterOptions options, TimeProvider time, ILogger<AdministratorKey> log)
{
    /// <summary>The file's name in the state directory.</summary>
    public const string FileName = "admin.key";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Others = ~(OwnerOnly | UnixFileMode.UserExecute);

    private string FilePath => Path.Combine(options.StateDirectory, FileName);

    /// <summary>Makes the key where the cluster has none.</summary>
    /// <param name="cancellationToken">Gives up; the next start goes on.</param>
    /// <exception cref="InvalidConfigurationException">The file cannot be written, or what stands there cannot be used.</exception>
    public async Task Ensure(CancellationToken cancellationToken)
    {
        if ((await store.List(cancellationToken)).Count > 0)
        {
            return;
        }

        var found = File.Exists(FilePath);
        var key = found ? ReadFile() : ApiKeyText.Create();
        if (!found)
        {
            WriteFile(key);
        }

        var call = new Call(Caller.System("gateway"), "first-start", Cancellation: cancellationToken);
        if (await store.InsertFirst(key.ToStored("administrator", permissions: null, time.GetUtcNow()), call))
        {
            LogMade(key.Id, FilePath);
        }
        else if (!found)
        {
            File.Delete(FilePath);
        }
    }

    private ApiKeyText ReadFile()
    {
        if ((File.GetUnixFileMode(FilePath) & Others) != UnixFileMode.None)
        {
            throw new InvalidConfigurationException(
                [$"{FilePath} can be read by other users and may no longer be secret: remove it, or restrict it with chmod 600."]);
        }

        return ApiKeyText.TryParse(File.ReadAllText(FilePath).Trim(), out var key)
            ? key
            : throw new InvalidConfigurationException([$"{FilePath} holds no API key: remove it, and a new one is made."]);
    }

    private void WriteFile(ApiKeyText key)
    {
        var unfinished = $"{FilePath}.{key.Id}";
        try
        {
            Directory.CreateDirectory(options.StateDirectory, OwnerOnly | UnixFileMode.UserExecute);
            var creation = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                UnixCreateMode = OwnerOnly,
            };
            using (var file = new FileStream(unfinished, creation))
            using (var writer = new StreamWriter(file))
            {
                writer.WriteLine(key.Text);
                writer.Flush();
                file.Flush(flushToDisk: true);
            }

            File.Move(unfinished, FilePath);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidConfigurationException(
                [$"The administrator's key cannot be written to {FilePath} ({error.Message}): set Cluster:StateDirectory to a folder that this process may write to."]);
        }
    }

    [LoggerMessage(4103, LogLevel.Information, "First start: made the administrator's API key '{KeyId}', written to {File}")]
    private partial void LogMade(string keyId, string file);
}
