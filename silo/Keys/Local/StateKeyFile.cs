using System.Runtime.Versioning;
using System.Security.Cryptography;

namespace Cluster.Silo.Keys.Local;

/// <summary>
/// A key of an installation on one machine, in a file that its owner alone can read. Several processes may begin at once
/// with the same folder: one makes the key, all of them use it.
/// </summary>
/// <param name="name">The file's name in the state directory.</param>
/// <param name="setting">Holds the key where there is no file.</param>
/// <param name="purpose">What the key does, for messages.</param>
/// <param name="replacement">What to do where the key may be known to others.</param>
internal sealed class StateKeyFile(string name, string setting, string purpose, string replacement)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private const UnixFileMode Others = ~(OwnerOnly | UnixFileMode.UserExecute);

    /// <summary>Reads the key, and makes it where there is none.</summary>
    /// <param name="folder">The state directory; made where it is missing.</param>
    /// <exception cref="KeyException">The file cannot be written, or what stands there cannot be used.</exception>
    public SecretBytes ReadOrMake(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new KeyException($"On this system no file is made that its owner alone can read: set {setting} to 32 bytes in base64 or hex.");
        }

        var file = Path.Combine(folder, name);
        try
        {
            if (!File.Exists(file))
            {
                Make(folder, file);
            }

            if ((File.GetUnixFileMode(file) & Others) != UnixFileMode.None)
            {
                throw new KeyException(
                    $"{file} can be read by other users and may no longer be secret: {replacement}, or restrict it with chmod 600.");
            }

            return KeyEncryptionKeyText.Parse(File.ReadAllText(file), file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new KeyException(
                $"The key that {purpose} cannot be kept in {file} ({error.Message}): set {setting} to 32 bytes in base64 or hex, the same for every process of the cluster, or Cluster:StateDirectory to a folder that this process may write to.",
                error);
        }
    }

    [UnsupportedOSPlatform("windows")]
    private static void Make(string folder, string file)
    {
        Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        var unfinished = $"{file}.{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
        var creation = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
        using (var stream = new FileStream(unfinished, creation))
        using (var writer = new StreamWriter(stream))
        {
            writer.WriteLine(RandomNumberGenerator.GetHexString(2 * KeyEncryptionKeyText.KeySize, lowercase: true));
            writer.Flush();
            stream.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(unfinished, file, overwrite: false);
        }
        catch (IOException) when (File.Exists(file))
        {
            // Another process was first, and its key is the one.
            File.Delete(unfinished);
        }
    }
}
